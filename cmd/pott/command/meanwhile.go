package command

// seen is what somebody saw of a thing before changing it.
type seen struct {
	Was map[string]string `placeholder:"FIELD=TEXT" help:"What a field said when this was made up, by its name in the API; refused when somebody has changed it since."`
}
