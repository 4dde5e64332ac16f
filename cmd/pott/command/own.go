package command

func exitOf(code string, fallback int) int { return fallback }
func lower(s string) string                { return s }
func (s *session) ownFailure(err error) failure {
	return failure{Code: "internal", Message: err.Error(), Exit: 1}
}
