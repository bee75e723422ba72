"""The endpoint and the pages over HTTP."""
