package locale_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pott-dev/pott/internal/locale"
)

// golden says what each language writes. The values are those of the Unicode
// locale data as Node 22 shows them, but for three choices of ours: German dates
// have four digits in the year, English months three letters, and Swedish dates
// are ISO dates. A no-break space is written ~.
var golden = map[string]struct {
	number, decimal, percent, tenths, euro, kronor, owed string
	date, long, month, clock, moment, exact              string
	days                                                 string // 41 days ago, yesterday, today, tomorrow, in 41 days
	list                                                 string
}{
	"en": {
		"-1,234,567", "-1,234,567.89", "85%", "85.6%", "€1,234.50", "SEK~1,234.50", "-€1,234.50",
		"2 Nov 2026", "2 November 2026", "November 2026", "15:05", "2 Nov 2026, 15:05", "2 Nov 2026, 15:05:09",
		"41 days ago | yesterday | today | tomorrow | in 41 days", "a, b and c",
	},
	"sv": {
		"−1~234~567", "−1~234~567,89", "85~%", "85,6~%", "1~234,50~€", "1~234,50~kr", "−1~234,50~€",
		"2026-11-02", "2 november 2026", "november 2026", "15:05", "2026-11-02 15:05", "2026-11-02 15:05:09",
		"för 41 dagar sedan | i går | i dag | i morgon | om 41 dagar", "a, b och c",
	},
	"nb": {
		"−1~234~567", "−1~234~567,89", "85~%", "85,6~%", "1~234,50~€", "1~234,50~SEK", "−1~234,50~€",
		"02.11.2026", "2. november 2026", "november 2026", "15:05", "02.11.2026, 15:05", "02.11.2026, 15:05:09",
		"for 41 dager siden | i går | i dag | i morgen | om 41 dager", "a, b og c",
	},
	"da": {
		"-1.234.567", "-1.234.567,89", "85~%", "85,6~%", "1.234,50~€", "1.234,50~SEK", "-1.234,50~€",
		"02.11.2026", "2. november 2026", "november 2026", "15.05", "02.11.2026, 15.05", "02.11.2026, 15.05.09",
		"for 41 dage siden | i går | i dag | i morgen | om 41 dage", "a, b og c",
	},
	"de": {
		"-1.234.567", "-1.234.567,89", "85~%", "85,6~%", "1.234,50~€", "1.234,50~SEK", "-1.234,50~€",
		"02.11.2026", "2. November 2026", "November 2026", "15:05", "02.11.2026, 15:05", "02.11.2026, 15:05:09",
		"vor 41 Tagen | gestern | heute | morgen | in 41 Tagen", "a, b und c",
	},
	"nl": {
		"-1.234.567", "-1.234.567,89", "85%", "85,6%", "€~1.234,50", "SEK~1.234,50", "€~-1.234,50",
		"02-11-2026", "2 november 2026", "november 2026", "15:05", "02-11-2026, 15:05", "02-11-2026, 15:05:09",
		"41 dagen geleden | gisteren | vandaag | morgen | over 41 dagen", "a, b en c",
	},
}

func TestEachLanguageWritesItsOwnWay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 2, 15, 5, 9, 0, time.UTC)
	for lang, want := range golden {
		l := locale.For(lang)
		if l.Lang() != lang {
			t.Fatalf("%s is %s", lang, l.Lang())
		}
		var days []string
		for _, n := range []int{-41, -1, 0, 1, 41} {
			days = append(days, l.Days(n))
		}
		for what, pair := range map[string][2]string{
			"number":  {l.Number(-1234567), want.number},
			"decimal": {l.Decimal(-123456789, 2), want.decimal},
			"percent": {l.Percent(856, 1000), want.percent},
			"tenths":  {l.Tenths(8569, 10000), want.tenths},
			"euro":    {l.Money(123450, "EUR"), want.euro},
			"kronor":  {l.Money(123450, "SEK"), want.kronor},
			"owed":    {l.Money(-123450, "EUR"), want.owed},
			"date":    {l.Date(at), want.date},
			"long":    {l.LongDate(at), want.long},
			"month":   {l.Month(at), want.month},
			"clock":   {l.Clock(at), want.clock},
			"moment":  {l.Moment(at), want.moment},
			"exact":   {l.Exact(at), want.exact},
			"days":    {strings.Join(days, " | "), want.days},
			"list":    {l.List([]string{"a", "b", "c"}), want.list},
		} {
			if got := strings.ReplaceAll(pair[0], "\u00a0", "~"); got != pair[1] {
				t.Errorf("%s: %s is %q, want %q", lang, what, got, pair[1])
			}
		}
	}
}

func TestNumbersAreGroupedInThreesFromTheRight(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", -1000: "-1,000", 90112: "90,112",
		math.MaxInt64: "9,223,372,036,854,775,807", math.MinInt64: "-9,223,372,036,854,775,808",
	} {
		if got := locale.For("en").Number(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0.00", 5: "0.05", -5: "-0.05", 50: "0.50", 100: "1.00", 99999: "999.99", 100000: "1,000.00"} {
		if got := locale.For("en").Decimal(n, 2); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// Whoever reads 100 % believes that all of it is taken.
func TestSharesAreRoundedDownAndNeverSaidOfNothing(t *testing.T) {
	t.Parallel()
	en := locale.For("en")
	for _, test := range []struct {
		part, whole     int64
		percent, tenths string
	}{
		{849, 1000, "84%", "84.9%"},
		{9999, 10000, "99%", "99.9%"},
		{40, 40, "100%", "100.0%"},
		{42, 40, "105%", "105.0%"},
		{0, 40, "0%", "0.0%"},
		{1, 0, "", ""},
		{0, 0, "", ""},
		{-1, 40, "", ""},
		{1, -40, "", ""},
		{math.MaxInt64 - 1, math.MaxInt64, "99%", "99.9%"},
		{math.MaxInt64, math.MaxInt64, "100%", "100.0%"},
	} {
		if p, n := en.Percent(test.part, test.whole), en.Tenths(test.part, test.whole); p != test.percent || n != test.tenths {
			t.Errorf("%d of %d: %q and %q, want %q and %q", test.part, test.whole, p, n, test.percent, test.tenths)
		}
	}
	if got := en.Percent(math.MaxInt64, 1); !strings.HasSuffix(got, "%") {
		t.Errorf("the largest share: %q", got)
	}
}

func TestAmountsHaveTheDecimalsOfTheirCurrency(t *testing.T) {
	t.Parallel()
	for currency, want := range map[string]string{"SEK": "SEK 1,234.50", "JPY": "JPY 123,450", "KWD": "KWD 123.450", "GBP": "£1,234.50", "USD": "USD 1,234.50"} {
		if got := strings.ReplaceAll(locale.For("en").Money(123450, currency), "\u00a0", " "); got != want {
			t.Errorf("%s: %s, want %s", currency, got, want)
		}
	}
	for _, home := range []struct{ lang, currency, want string }{{"sv", "SEK", "1~234,50~kr"}, {"nb", "NOK", "1~234,50~kr"}, {"da", "DKK", "1.234,50~kr."}, {"sv", "NOK", "1~234,50~NOK"}} {
		if got := strings.ReplaceAll(locale.For(home.lang).Money(123450, home.currency), "\u00a0", "~"); got != home.want {
			t.Errorf("%s: %s, want %s", home.lang, got, home.want)
		}
	}
}

func TestATimeIsToldInTheZoneItCarries(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	if got := locale.For("sv").Moment(at.In(zone)); got != "2027-01-01 00:30" {
		t.Error(got)
	}
	if got := locale.For("sv").Moment(at); got != "2026-12-31 23:30" {
		t.Error(got)
	}
}

// names are in the order of the Unicode locale data as Node 22 sorts them, but
// for capital letters, which Danish there puts first.
var names = map[string]string{
	"sv": "10 2 Aaberg Abel anna Anna Anna_Berg Anna-Lisa Annabel Eric Éric Erik Ola Oskar Strasse Straße Ulf Vera Vik Wera Wik ÿ Über Zeb åke Åke Åsa Äpple Ärla Ærlig Örjan Øst Östen Øyvind",
	"nb": "10 2 Abel anna Anna Anna_Berg Anna-Lisa Annabel Eric Éric Erik Ola Oskar Strasse Straße Ulf Vera Vik Wera Wik ÿ Über Zeb Äpple Ärla Ærlig Örjan Øst Östen Øyvind Aaberg åke Åke Åsa",
	"da": "10 2 Abel anna Anna Anna_Berg Anna-Lisa Annabel Eric Éric Erik Ola Oskar Strasse Straße Ulf Vera Vik Wera Wik ÿ Über Zeb Äpple Ärla Ærlig Örjan Øst Östen Øyvind Aaberg åke Åke Åsa",
	"de": "10 2 Aaberg Abel Ærlig åke Åke anna Anna Anna_Berg Anna-Lisa Annabel Äpple Ärla Åsa Eric Éric Erik Ola Örjan Oskar Øst Östen Øyvind Strasse Straße Über Ulf Vera Vik Wera Wik ÿ Zeb",
}

func TestNamesStandWhereReadersLookForThem(t *testing.T) {
	t.Parallel()
	order := byLanguage(names)
	for lang, want := range order {
		got := slices.Clone(want)
		slices.Sort(got) // any other order
		locale.Sort(locale.For(lang), got, func(name string) string { return name })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
		for i := range want[1:] {
			if locale.For(lang).Compare(want[i], want[i+1]) != -1 {
				t.Errorf("%s: %s does not stand before %s", lang, want[i], want[i+1])
			}
		}
	}
}

func byLanguage(names map[string]string) map[string][]string {
	all := map[string][]string{}
	for lang, line := range names {
		for name := range strings.FieldsSeq(line) {
			all[lang] = append(all[lang], strings.ReplaceAll(name, "_", " "))
		}
	}
	all["en"], all["nl"], all["no"] = all["de"], all["de"], all["nb"]
	return all
}

func TestItemsOfTheSameNameKeepTheirOrder(t *testing.T) {
	t.Parallel()
	type item struct {
		name string
		n    int
	}
	var items []item
	for n := range 100 {
		items = append(items, item{[]string{"Öst", strings.Repeat("å", 400), "Anna"}[n%3], n})
	}
	locale.Sort(locale.For("sv"), items, func(i item) string { return i.name })
	for i := range items[1:] {
		a, b := items[i], items[i+1]
		if c := locale.For("sv").Compare(a.name, b.name); c > 0 || c == 0 && a.n > b.n {
			t.Fatalf("%v before %v", a.n, b.n)
		}
	}
	locale.Sort(locale.For("sv"), []item(nil), func(i item) string { return i.name })
}

func TestWhatIsTypedIsReadOnlyWhenItMeansOneThing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		lang, text string
		want       int64
		ok         bool
	}{
		{"en", "1234", 1234, true}, {"en", "1,234", 1234, true}, {"en", " 1 234 ", 1234, true},
		{"sv", "1\u00a0234\u00a0567", 1234567, true}, {"sv", "1\u202f234", 1234, true}, {"sv", "−12", -12, true}, {"sv", "-12", -12, true},
		{"de", "1.234", 1234, true}, {"da", "12.345.678", 12345678, true},
		{"en", "1.234", 0, false}, {"sv", "1,234", 0, false}, {"sv", "1.234", 0, false}, {"de", "1,5", 0, false},
		{"en", "", 0, false}, {"en", "-", 0, false}, {"en", "--1", 0, false}, {"en", "1,23", 0, false}, {"en", "1234,567", 0, false},
		{"en", ",234", 0, false}, {"en", "1,234 567", 0, false}, {"en", "0x10", 0, false}, {"en", "1e3", 0, false}, {"en", "١٢", 0, false},
		{"en", "9223372036854775807", math.MaxInt64, true}, {"en", "-9223372036854775808", math.MinInt64, true}, {"en", "9223372036854775808", 0, false},
		{"en", strings.Repeat("0", 100), 0, false},
	} {
		if got, ok := locale.For(test.lang).ParseNumber(test.text); got != test.want || ok != test.ok {
			t.Errorf("%s %q: %d, %v; want %d, %v", test.lang, test.text, got, ok, test.want, test.ok)
		}
	}
	for _, test := range []struct{ lang, text, want string }{
		{"sv", "2026-11-02", "2026-11-02"}, {"de", "2026-11-02", "2026-11-02"}, {"de", "02.11.2026", "2026-11-02"}, {"de", "2.11.2026", "2026-11-02"},
		{"nl", "2-11-2026", "2026-11-02"}, {"en", "2 Nov 2026", "2026-11-02"}, {"en", "02/11/2026", ""}, {"en", "", ""}, {"sv", "2026-02-30", ""},
		{"de", "31.04.2026", ""}, {"sv", "0000-01-01", ""}, {"sv", "2026-11-02T12:00:00Z", ""},
	} {
		got, ok := locale.For(test.lang).ParseDate(test.text)
		if ok != (test.want != "") || ok && got.Format(time.DateOnly) != test.want {
			t.Errorf("%s %q: %v, %v; want %q", test.lang, test.text, got, ok, test.want)
		}
	}
}

// What a language writes, it reads.
func FuzzParseNumber(f *testing.F) {
	f.Add("1 234", int64(1234))
	f.Add("-1,234", int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, text string, n int64) {
		for lang := range golden {
			l := locale.For(lang)
			if got, ok := l.ParseNumber(l.Number(n)); !ok || got != n {
				t.Errorf("%s reads its own %s as %d, %v", lang, l.Number(n), got, ok)
			}
			got, ok := l.ParseNumber(text)
			if again, _ := l.ParseNumber(l.Number(got)); ok && again != got {
				t.Errorf("%s: %q is %d and then %d", lang, text, got, again)
			}
		}
	})
}

func FuzzParseDate(f *testing.F) {
	f.Add("2026-11-02", int64(1_800_000_000))
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		at := time.Unix(unix%(1<<37), 0).UTC()
		for lang := range golden {
			l := locale.For(lang)
			day, ok := l.ParseDate(l.Date(at))
			if in := at.Year() > 0 && at.Year() < 10000; ok != in || ok && day.Format(time.DateOnly) != at.Format(time.DateOnly) {
				t.Errorf("%s reads its own %s as %v, %v", lang, l.Date(at), day, ok)
			}
			l.ParseDate(text)
		}
	})
}

func FuzzCompare(f *testing.F) {
	f.Add("Åsa", "Aasa", "Zeb")
	f.Add("", "\xff", "a\x00b")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for lang := range golden {
			l := locale.For(lang)
			if l.Compare(a, b) != -l.Compare(b, a) || (l.Compare(a, b) == 0) != (a == b) {
				t.Errorf("%s: %q and %q", lang, a, b)
			}
			if l.Compare(a, b) < 0 && l.Compare(b, c) < 0 && l.Compare(a, c) >= 0 {
				t.Errorf("%s: %q, %q, %q", lang, a, b, c)
			}
		}
	})
}

func TestManyMaySortAndWriteAtOnce(t *testing.T) {
	t.Parallel()
	want := byLanguage(names)["sv"]
	done := make(chan []string)
	for range 8 {
		go func() {
			got := slices.Clone(want)
			for range 20 {
				slices.Reverse(got)
				locale.Sort(locale.For("sv"), got, func(name string) string { return name })
			}
			done <- got
		}()
	}
	for range 8 {
		if diff := cmp.Diff(want, <-done); diff != "" {
			t.Error(diff)
		}
	}
}

func BenchmarkSort10000Names(b *testing.B) {
	people := make([]string, 10000)
	for i := range people {
		people[i] = fmt.Sprintf("%c%s Östlund-%d", 'A'+i*7%26, []string{"åsa", "nna", "rik", "ärta"}[i%4], i*7919%10000)
	}
	items := make([]string, len(people))
	b.ReportAllocs()
	for b.Loop() {
		copy(items, people)
		locale.Sort(locale.For("sv"), items, func(name string) string { return name })
	}
}

func BenchmarkNumber(b *testing.B) {
	l := locale.For("sv")
	b.ReportAllocs()
	for b.Loop() {
		l.Number(1234567)
	}
}
