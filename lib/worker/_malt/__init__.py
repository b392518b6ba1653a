"""Malt's worker: runs one WSGI application for the front ends that connect to it. Standard library only."""
