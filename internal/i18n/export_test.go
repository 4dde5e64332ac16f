package i18n

// Fill fills in a text that stands in no catalogue.
func Fill(lang, text string, facts ...any) string {
	return render(compile(lang, text), byTurns(facts))
}
