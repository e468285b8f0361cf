package report

// ReadAtMost is Read for another limit.
var ReadAtMost = readAtMost
