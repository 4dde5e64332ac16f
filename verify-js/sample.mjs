// The file that the page shows as an example: the vector ok-usual.

export const license = `pott-license-set/v1
{"issuer":"ACME","issuer_name":"Acme AB","company":"Nordlys AS","serial":"1600065823","number":1,"issued":"2026-06-01T08:00:00Z","time_zone":"Europe/Stockholm","dates":{"warning":"2027-02-27","expiry":"2027-03-27","grace":"2027-04-08"},"clients":[{"name":"web","system":["server"],"user":["user","web"]}]}
{"module":"server","kind":"system","quantity":1,"hidden":true}
{"module":"user","kind":"user","quantity":10,"names":{"sv":"Användare","en":"User"}}
{"module":"web","kind":"user","quantity":10,"prerequisite":"user"}
{"module":"sales","kind":"user","quantity":5,"plan":{"includes":["user","web"],"group":"crm","parts":[{"line":"sales","tier":"premium"}]}}

ACME/pott-set/1600065823/1
6
Pnv9agPJgUfrtS0QfLYKiWQDPZwMhf/Pz9qrcS19ppE=

— ACME/pott-set/1600065823/1 Yrc8wZEcGLs9ITCsH/HO4+xnwdZ8RJXt0EStt2O6HxnnSCDtF8buBNWkPn5fzmzI5OTYPJFkjvqDfzD2bWELZ79mJQ4=

pott-issuer-certificate/v1
{"issuer":"ACME","number":1,"issued":"2026-01-02T00:00:00Z"}
{"key":"Nuanarx/6+EZ5guEXC87U+6098sVUBWckIkGaN9YCbQ=","type":"set","from":"2026-01-02","through":"2027-12-31"}

— ACME/pott-issuer SeyxM29LYiVXOdBiUkYlc28U9aPwvcKnnbmoXPKuiyGbdJLzn+sH+CvxSTkancMYa+hOLHR5p2wD65/dHzanqKDAxgg=

pott-key-list/v1
{"number":1,"issued":"2026-01-01T00:00:00Z","threshold":1}
{"root":"root.example/root-1","key":"agC9Nvm3i5taT4TRS1x6RzTHJg5FuDlhf6nHfNnY4KA="}
{"issuer":"ACME","key":"svvMsUloW1kV2LgtaxaykDmuBxOKR3SVBbnlIemRwb0=","fence":{"from":"2026-01-01","through":"2030-12-31","last_date":"2032-12-31","max_term_days":1100,"max_quantity":1000000,"max_total":10000000,"kinds":["system","site","user"],"modules":["*"],"unrestricted":true,"no_expiry":true,"clients":true}}

— root.example/root-1 6V2rGwtjipZVwB8E1rTB/OZhVwvvQsbIGqOqWlwz4t5HqMEi84+9OkN9HNThSGfidMvdspwlamwbW42HBhEp3XrizAk=
`;

export const root = `pott-root/v1
threshold 1
root.example/root-1+e95dab1b+AWoAvTb5t4ubWk+E0Utcekc0xyYORbg5YX+px3zZ2OCg
`;

export const day = '2026-06-10';
