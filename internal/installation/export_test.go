package installation

// SplitKeyLists is what [Installation.Load] takes a file of key lists apart with.
var SplitKeyLists = splitKeyLists
