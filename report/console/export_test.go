package console

// Width is how many columns a clean text fills.
var Width = width
