package license_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/pott-dev/pott/license"
)

func TestATypedSerialNumber(t *testing.T) {
	for _, row := range []struct {
		name, serial string
		good, demo   bool
	}{
		{"of a customer", "1600070120", true, false},
		{"of a demo installation", "1010000006", true, true},
		{"one of the same vendor that is no demo", "1010999991", true, false},
		{"with a wrong digit", "1600070121", false, false},
		{"with two digits swapped", "1600070210", false, false},
		{"a demo number with a wrong digit", "1010000007", false, false},
		{"a documentation dummy", "1230004569", false, false},
		{"of another vendor, which has letters", "NORDLYS-01", true, false},
		{"of another vendor, which is shorter", "160007012", true, false},
		{"nothing", "", false, false},
		{"with a space", "16000 70120", false, false},
		{"with a digit of another script", "160007012०", false, false},
		{"as long as it may be", "S" + fmt.Sprintf("%063d", 1), true, false},
		{"longer", "S" + fmt.Sprintf("%064d", 1), false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := license.CheckSerial(row.serial)
			if bad := new(license.BadSerialError); (err == nil) != row.good || err != nil && !errors.As(err, &bad) {
				t.Errorf("CheckSerial(%q) = %v; want good %v", row.serial, err, row.good)
			}
			if got := license.DemoSerial(row.serial); got != row.demo {
				t.Errorf("DemoSerial(%q) = %v", row.serial, got)
			}
		})
	}
}

func TestEveryWrongLastDigitIsFound(t *testing.T) {
	for n := range 200 {
		good := 0
		for c := range 10 {
			if license.Luhn(fmt.Sprintf("%d%d", 160000000+n*7919, c)) {
				good++
			}
		}
		if good != 1 {
			t.Fatalf("%d last digits fit %d", good, 160000000+n*7919)
		}
	}
}
