"""The version of the code: read here by the package's metadata, by the command line, and into every edition."""

VERSION = "0.1.0"
