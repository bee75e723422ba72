"""One module per format; see `knockon.exports` for what a module offers."""
