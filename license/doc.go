// Package license says what a customer has bought, and means the same in every
// program that imports it: sets, licenses, plans, their names and their dates,
// as plain values with the rules that need nothing else.
//
// Nothing here reads a file, a clock or a network. Callers bring the day.
// Package licensefile reads and writes the signed form of a [Set].
package license
