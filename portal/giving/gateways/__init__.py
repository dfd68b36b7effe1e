"""Gateways: ways to pay, equal behind one protocol, chosen by settings, several at once."""
