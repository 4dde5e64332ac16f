package i18n

// Fill fills in a text that stands in no catalogue.
func Fill(lang, text string, facts ...any) string {
	return render(compile(lang, text), byTurns(facts))
}

// Reasons are the reasons that are known in a language, by the English.
func Reasons(lang string) (said map[string]string, unverified bool) {
	said = map[string]string{}
	for english, text := range reasons()[lang] {
		switch text := text.(type) {
		case string:
			said[english] = text
		case bool:
			unverified = text
		}
	}
	return said, unverified
}
