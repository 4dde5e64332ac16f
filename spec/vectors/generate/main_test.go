package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheCommittedVectorsAreTheGeneratedOnes(t *testing.T) {
	t.Parallel()
	want := map[string]bool{}
	for _, v := range cases() {
		name := v.name + ".txt"
		if want[name] {
			t.Errorf("two vectors are called %s", name)
		}
		want[name] = true
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Error(err)
		} else if string(got) != v.text() {
			t.Errorf("%s differs from what is generated: go run ./spec/vectors/generate", name)
		}
	}
	names, err := filepath.Glob("../*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !want[filepath.Base(name)] {
			t.Errorf("%s is not generated any more", name)
		}
	}
}

func TestNoTwoVectorsAreTheSameFile(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, v := range cases() {
		// What the verifier knows, without what is expected of it.
		_, input, rooted := strings.Cut(v.text(), "\nroot: ")
		if !rooted {
			input = v.file
		}
		input = strings.Replace(input, "comment: "+v.comment, "", 1)
		if other := seen[input]; other != "" {
			t.Errorf("%s and %s are the same case", v.name, other)
		}
		seen[input] = v.name
	}
}

func TestTheCommittedVectorsOfTheServerAreTheGeneratedOnes(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../server/*.txt")
	if err != nil || len(names) != len(talks()) {
		t.Errorf("%d vectors, %v; %d are generated", len(names), err, len(talks()))
	}
	for _, v := range talks() {
		got, err := os.ReadFile(filepath.Join("..", "server", v.name+".txt"))
		if err != nil {
			t.Error(err)
		} else if string(got) != v.text() {
			t.Errorf("%s differs from what is generated: go run ./spec/vectors/generate", v.name)
		}
	}
}
