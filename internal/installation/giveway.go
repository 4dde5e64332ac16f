package installation

import (
	"strconv"

	"github.com/pott-dev/pott/internal/installation/store"
)

// giveWay lets a record that was repaired give way to the one that came in its
// place while it was out of use: of each issuer one set is in force, and one
// activation goes on.
func giveWay(tx *store.Tx, p store.DamagedPlace) error {
	switch p.Table {
	case "license_set":
		return setGivesWay(tx, p.Key)
	case "activation":
		return activationGivesWay(tx, p.Key)
	}
	return nil
}

func setGivesWay(tx *store.Tx, checkpoint string) error {
	repaired, ok := tx.Set(checkpoint)
	if !ok || repaired.State != store.SetActive {
		return nil
	}
	for _, other := range tx.Sets() {
		if other.Issuer != repaired.Issuer || other.State != store.SetActive || other.Checkpoint == checkpoint {
			continue
		}
		earlier, later := repaired, other
		if earlier.From > later.From {
			earlier, later = later, earlier
		}
		earlier.State, earlier.Until = store.SetReplaced, later.From
		return tx.PutSet(earlier)
	}
	return nil
}

func activationGivesWay(tx *store.Tx, key string) error {
	number, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		return nil // it is no row any longer
	}
	all := tx.Activations()
	for _, repaired := range all {
		if repaired.Number != number || repaired.Until != 0 {
			continue
		}
		for _, other := range all {
			if other.Issuer == repaired.Issuer && other.Until == 0 && other.Number > number {
				repaired.Until = other.From
				return tx.PutActivation(repaired)
			}
		}
	}
	return nil
}
