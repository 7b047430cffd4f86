"""GroupCare: group therapy practice management with confidentiality at its heart."""
