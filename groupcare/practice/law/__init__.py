"""The law of the places where the practice works: packs of data, what the practice made of them, and plain words."""

from groupcare.practice.law.effective import Item as Item
from groupcare.practice.law.effective import Law as Law
from groupcare.practice.law.effective import law_for_texts as law_for_texts
from groupcare.practice.law.effective import law_of_sites as law_of_sites
from groupcare.practice.law.effective import packs_for as packs_for
from groupcare.practice.law.effective import touching as touching
from groupcare.practice.law.pack import Pack as Pack
from groupcare.practice.law.reading import PackBroken as PackBroken
from groupcare.practice.law.strictest import Line as Line
from groupcare.practice.law.strictest import values as values
from groupcare.practice.law.topics import SENTENCE_KEYS as SENTENCE_KEYS
from groupcare.practice.law.wording import UNCONFIRMED as UNCONFIRMED
from groupcare.practice.law.wording import sentences as sentences
