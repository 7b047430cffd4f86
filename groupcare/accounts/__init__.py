"""The accounts room: persons, those who sign in, invitations, second factors, step-up and sessions."""
