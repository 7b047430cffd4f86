"""The cipher against published vectors, and the envelope's form (SEC-35, SEC-36)."""

import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from groupcare.vault.envelope import DecryptionError, Envelope, associated_data, decrypt, encrypt, seal, unseal

# AES-256-GCM, test cases 13 to 16 of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)",
# submitted to NIST: key, nonce, plain text, associated data, ciphertext, tag.
_KEY = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
_PLAIN = (
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
    "b16aedf5aa0de657ba637b391aafd255"
)
_CIPHER = (
    "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
    "c5f61e6393ba7a0abcc9f662898015ad"
)
VECTORS = [
    ("00" * 32, "00" * 12, "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    ("00" * 32, "00" * 12, "00" * 16, "", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"),
    (_KEY, "cafebabefacedbaddecaf888", _PLAIN, "", _CIPHER, "b094dac5d93471bdec1a502270e3cc6c"),
    (
        _KEY,
        "cafebabefacedbaddecaf888",
        _PLAIN[:120],
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        _CIPHER[:120],
        "76fc6ece0f4e1768cddf8853bb2d551b",
    ),
]


@pytest.mark.req("SEC-36")
@pytest.mark.parametrize("vector", VECTORS)
def test_the_cipher_passes_the_known_answers(vector):
    key, nonce, plain, aad, ciphertext, tag = map(bytes.fromhex, vector)
    assert encrypt(AESGCM(key), nonce, plain, aad) == ciphertext + tag
    assert decrypt(AESGCM(key), nonce, ciphertext + tag, aad) == plain


@pytest.mark.req("SEC-36")
@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("spoiled", ["key", "nonce", "aad", "tag"])
def test_one_changed_bit_anywhere_fails(vector, spoiled):
    names = ("key", "nonce", "plain", "aad", "ciphertext", "tag")
    parts = dict(zip(names, map(bytes.fromhex, vector), strict=True))
    parts[spoiled] = bytes([parts[spoiled][0] ^ 1, *parts[spoiled][1:]]) if parts[spoiled] else b"\x01"
    with pytest.raises(DecryptionError):
        decrypt(AESGCM(parts["key"]), parts["nonce"], parts["ciphertext"] + parts["tag"], parts["aad"])


def test_the_envelope_is_version_key_id_nonce_ciphertext():
    cipher, key_id = AESGCM(b"k" * 32), uuid.uuid4()
    envelope = seal(cipher, key_id, b"words", label="a.b.c", row="r")
    assert envelope[0] == 1
    assert envelope[1:17] == key_id.bytes
    assert envelope.key_id == key_id
    assert len(envelope) == 1 + 16 + 12 + len(b"words") + 16
    assert cipher.decrypt(envelope[17:29], bytes(envelope[29:]), b"a.b.c|r|1") == b"words"
    assert associated_data("a.b.c", "r") == b"a.b.c|r|1"


@pytest.mark.req("SEC-36")
def test_no_nonce_comes_twice():
    cipher, key_id = AESGCM(b"k" * 32), uuid.uuid4()
    nonces = {bytes(seal(cipher, key_id, b"", label="a.b.c", row="r")[17:29]) for _ in range(20_000)}
    assert len(nonces) == 20_000


@pytest.mark.parametrize(("label", "row"), [("a.b.d", "r"), ("a.b.c", "s")])
def test_another_label_or_row_does_not_open_it(label, row):
    cipher = AESGCM(b"k" * 32)
    envelope = seal(cipher, uuid.uuid4(), b"words", label="a.b.c", row="r")
    with pytest.raises(DecryptionError):
        unseal(cipher, envelope, label=label, row=row)


@pytest.mark.parametrize("wrong", [b"", b"\x01short", b"\x02" + b"x" * 60, b"plain words" * 9])
def test_what_is_no_envelope_is_refused(wrong):
    with pytest.raises(DecryptionError, match="no envelope"):
        _ = Envelope(wrong).key_id
