package command

type serverCmd struct{}
type fsckCmd struct{}

func absolute(s string) string { return s }
