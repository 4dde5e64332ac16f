package installation

import (
	"fmt"
	"runtime/debug"
)

// guarded does something that nobody waits for, or that others do beside it. A
// panic in it is a [*faultError]: one fault of ours must not end the server for
// everybody.
func guarded(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &faultError{value: value, stack: debug.Stack()}
		}
	}()
	return do()
}

// A faultError is a fault of ours, for the log.
type faultError struct {
	value any
	stack []byte
}

func (e *faultError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// A JobFaultError is why a job has ended that met a fault of ours.
type JobFaultError struct {
	Job     string
	Request string // reference of the request that began it; "" where there was none
}

func (e *JobFaultError) Error() string { return "a fault ended job " + e.Job }

// Code returns the stable code of the error.
func (e *JobFaultError) Code() string { return "job.fault" }
