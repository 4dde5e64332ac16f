module github.com/pott-dev/pott/hsm

go 1.26.0

require (
	github.com/alecthomas/kong v1.17.0
	github.com/miekg/pkcs11 v1.1.2
	github.com/pott-dev/pott v0.0.0
)

require (
	filippo.io/age v1.3.2 // indirect
	filippo.io/edwards25519 v1.2.0 // indirect
	filippo.io/hpke v0.4.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/term v0.47.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

replace github.com/pott-dev/pott => ..
