//go:build !cgo

package token

// A PKCS#11 driver is a C library. What the compiler says about the next line is
// meant for whoever builds this without a C compiler, or with CGO_ENABLED=0.
var _ = pott_signer_needs_cgo_install_gcc_and_set_CGO_ENABLED_1
