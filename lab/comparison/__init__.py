"""Compares a group's finished runs, in tables and pictures."""
