package seat_test

// A customer of SuperOffice whose numbers are published, with people that are
// not: colours and tools. The second set must be refused.

// firstSet is one license per line: module, kind, quantity and what is said of
// it; after "plan" comes what the plan includes.
const firstSet = `
expander-services system 1
online-webservices system 1
server system 1 hidden
online system 1 hidden
ten system 1 hidden
user-management system 1 hidden
config-screens system 1 hidden
udef system 1 hidden
import system 1 hidden
document system 1 hidden
selection system 1 hidden
relation system 1 hidden
report system 1 hidden
dash system 1 hidden
pocket-crm-server system 1 hidden
chat system 1 hidden
forms system 1 hidden
visible-for user 1 unrestricted
no-selection user 1 unrestricted plan
user user 63 hidden
web user 63 hidden
pocket-crm-cal user 63 hidden
selection-cal user 63 hidden
relation-cal user 63 hidden
report-cal user 63 hidden
chat-cal user 63 hidden
forms-cal user 63 hidden
sale system 1 hidden
sale-cal user 41 hidden
t2 user 63 hidden
sales-t2 system 41 marker
saint system 1 hidden
saint-cal user 63 hidden
target system 1 hidden
target-cal user 41 hidden
target-sale system 1 hidden
project system 1 hidden
project-cal user 63 hidden
quote system 1 hidden
quote-cal user 41 hidden
guide system 1 hidden
guide-project system 1 hidden
guide-sale system 1 hidden
guide-cal user 63 hidden
stakeholder system 1 hidden
stakeholder-cal user 41 hidden
dash-cal user 63 hidden
selection-combined-cal user 63 hidden
sales-premium user 21 plan user web pocket-crm-cal selection-cal relation-cal report-cal chat-cal forms-cal sale-cal t2 saint-cal target-cal project-cal quote-cal guide-cal stakeholder-cal dash-cal selection-combined-cal
ej-client user 35 hidden
ej-mod-rms system 1 hidden
ej-mod-ticket system 1 hidden
ej-mod-knowledge system 1 hidden
escalate system 1 hidden
inbox-filter system 1 hidden
request-batch system 1 hidden
service-t2 system 35 marker
service-premium user 15 plan user web pocket-crm-cal selection-cal relation-cal report-cal chat-cal forms-cal ej-client t2 saint-cal project-cal guide-cal dash-cal selection-combined-cal
all-three-premium user 20 plan user web pocket-crm-cal selection-cal relation-cal report-cal project-cal guide-cal saint-cal selection-combined-cal mail-merge-cal chat-cal forms-cal ej-client t2 dash-cal sale-cal target-cal quote-cal stakeholder-cal ej-mod-spm-cal mktg-auto-cal
ej-mod-spm system 1 hidden
ej-mod-spm-cal user 27 hidden unrestricted
mail-merge-cal user 27 hidden
mktg-auto system 1 hidden
mktg-auto-cal user 27 hidden
marketing-t2 system 27 marker
marketing-premium user 7 plan user web pocket-crm-cal selection-cal relation-cal report-cal chat-cal forms-cal t2 saint-cal project-cal guide-cal dash-cal selection-combined-cal mail-merge-cal ej-mod-spm-cal mktg-auto-cal
marketingplatform system 1
aiplatform system 1
aicategorization system 1
cep system 1
target-sale-u system 1
aitextservices system 1
aichatbot system 1
`

// secondSet is the renewal, written like firstSet.
const secondSet = `
expander-services system 1
online-webservices system 1
server system 1 hidden
online system 1 hidden
ten system 1 hidden
user-management system 1 hidden
config-screens system 1 hidden
udef system 1 hidden
import system 1 hidden
document system 1 hidden
selection system 1 hidden
relation system 1 hidden
report system 1 hidden
dash system 1 hidden
pocket-crm-server system 1 hidden
chat system 1 hidden
forms system 1 hidden
visible-for user 1 unrestricted
no-selection user 1 unrestricted plan
user user 50 hidden
web user 50 hidden
pocket-crm-cal user 50 hidden
selection-cal user 50 hidden
relation-cal user 50 hidden
report-cal user 50 hidden
chat-cal user 50 hidden
forms-cal user 50 hidden
sale system 1 hidden
sale-cal user 35 hidden
t2 user 50 hidden
sales-t2 system 35 marker
saint system 1 hidden
saint-cal user 50 hidden
target system 1 hidden
target-cal user 35 hidden
target-sale system 1 hidden
project system 1 hidden
project-cal user 50 hidden
quote system 1 hidden
quote-cal user 35 hidden
guide system 1 hidden
guide-project system 1 hidden
guide-sale system 1 hidden
guide-cal user 50 hidden
stakeholder system 1 hidden
stakeholder-cal user 35 hidden
dash-cal user 50 hidden
selection-combined-cal user 50 hidden
sales-premium user 12 plan user web pocket-crm-cal selection-cal relation-cal report-cal chat-cal forms-cal sale-cal t2 saint-cal target-cal project-cal quote-cal guide-cal stakeholder-cal dash-cal selection-combined-cal
ej-client user 38 hidden
ej-mod-rms system 1 hidden
ej-mod-ticket system 1 hidden
ej-mod-knowledge system 1 hidden
escalate system 1 hidden
inbox-filter system 1 hidden
request-batch system 1 hidden
service-t2 system 38 marker
service-premium user 15 plan user web pocket-crm-cal selection-cal relation-cal report-cal chat-cal forms-cal ej-client t2 saint-cal project-cal guide-cal dash-cal selection-combined-cal
all-three-premium user 23 plan user web pocket-crm-cal selection-cal relation-cal report-cal project-cal guide-cal saint-cal selection-combined-cal mail-merge-cal chat-cal forms-cal ej-client t2 dash-cal sale-cal target-cal quote-cal stakeholder-cal ej-mod-spm-cal mktg-auto-cal
ej-mod-spm system 1 hidden
ej-mod-spm-cal user 23 hidden unrestricted
mail-merge-cal user 23 hidden
mktg-auto system 1 hidden
mktg-auto-cal user 23 hidden
marketing-t2 system 23 marker
marketingplatform system 1
aiplatform system 1
aicategorization system 1
cep system 1
aitextservices system 1
scim system 1
db-mirror system 1
synchronizer-cal user 10
`

// designers is everybody: id, plan, extras. The last one has left.
const designers = `
azur.pensel sales-premium visible-for
beige.radergummi sales-premium
blyerts.vinkelhake sales-premium
brons.passare sales-premium
cerise.palett sales-premium
cyan.spackel sales-premium
elfenben.penna sales-premium
fuchsia.tusch sales-premium
grafit.linjal sales-premium
guld.staffli sales-premium
henna.mallkniv sales-premium
indigo.skalpell sales-premium
kadmium.kartong sales-premium
karmin.linjal sales-premium
khaki.staffli sales-premium
klorofyll.mallkniv sales-premium
kobolt.skalpell sales-premium
koppar.kartong sales-premium
korall.pensel sales-premium
krapplack.radergummi sales-premium
krom.vinkelhake sales-premium
lime.passare service-premium visible-for
magenta.palett service-premium
malakit.spackel service-premium
malva.penna service-premium
mauve.tusch service-premium
mint.passare all-three-premium visible-for
mocka.palett all-three-premium visible-for
neon.spackel all-three-premium
ockra.penna all-three-premium
oliv.tusch all-three-premium
onyx.linjal all-three-premium
opal.staffli all-three-premium
orange.mallkniv all-three-premium
pastell.skalpell all-three-premium
persika.kartong all-three-premium
petrol.pensel all-three-premium
pistage.radergummi all-three-premium
platina.vinkelhake all-three-premium
purpur.skalpell all-three-premium
rost.kartong all-three-premium
rubin.pensel all-three-premium
safir.radergummi all-three-premium
scharlakan.vinkelhake all-three-premium
sepia.passare all-three-premium
silver.palett all-three-premium
skiffer.spackel marketing-premium
smaragd.penna marketing-premium
terrakotta.tusch marketing-premium
turkos.linjal no-selection
umbra.staffli no-selection
vermilion.mallkniv -
`

// wantInUse is what must be counted under the first set: module, in use, free.
const wantInUse = `
visible-for 4 -
no-selection 2 -
user 49 14
web 49 14
pocket-crm-cal 49 14
selection-cal 49 14
relation-cal 49 14
report-cal 49 14
chat-cal 49 14
forms-cal 49 14
sale-cal 41 0
t2 49 14
saint-cal 49 14
target-cal 41 0
project-cal 49 14
quote-cal 41 0
guide-cal 49 14
stakeholder-cal 41 0
dash-cal 49 14
selection-combined-cal 49 14
sales-premium 21 0
ej-client 25 10
service-premium 5 10
all-three-premium 20 0
ej-mod-spm-cal 23 -
mail-merge-cal 23 4
mktg-auto-cal 23 4
marketing-premium 3 4
`

// wantReview compares the sets: module, total, in use, free, change, new total,
// new free, result, seats to release.
const wantReview = `
expander-services 1 - - 0 1 - unchanged 0
online-webservices 1 - - 0 1 - unchanged 0
server 1 - - 0 1 - unchanged 0
online 1 - - 0 1 - unchanged 0
ten 1 - - 0 1 - unchanged 0
user-management 1 - - 0 1 - unchanged 0
config-screens 1 - - 0 1 - unchanged 0
udef 1 - - 0 1 - unchanged 0
import 1 - - 0 1 - unchanged 0
document 1 - - 0 1 - unchanged 0
selection 1 - - 0 1 - unchanged 0
relation 1 - - 0 1 - unchanged 0
report 1 - - 0 1 - unchanged 0
dash 1 - - 0 1 - unchanged 0
pocket-crm-server 1 - - 0 1 - unchanged 0
chat 1 - - 0 1 - unchanged 0
forms 1 - - 0 1 - unchanged 0
visible-for 1 4 - 0 1 - unchanged 0
no-selection 1 2 - 0 1 - unchanged 0
user 63 49 14 -13 50 1 lowered 0
web 63 49 14 -13 50 1 lowered 0
pocket-crm-cal 63 49 14 -13 50 1 lowered 0
selection-cal 63 49 14 -13 50 1 lowered 0
relation-cal 63 49 14 -13 50 1 lowered 0
report-cal 63 49 14 -13 50 1 lowered 0
chat-cal 63 49 14 -13 50 1 lowered 0
forms-cal 63 49 14 -13 50 1 lowered 0
sale 1 - - 0 1 - unchanged 0
sale-cal 41 41 0 -6 35 -6 over 6
t2 63 49 14 -13 50 1 lowered 0
sales-t2 41 - - -6 35 - marker 0
saint 1 - - 0 1 - unchanged 0
saint-cal 63 49 14 -13 50 1 lowered 0
target 1 - - 0 1 - unchanged 0
target-cal 41 41 0 -6 35 -6 over 6
target-sale 1 - - 0 1 - unchanged 0
project 1 - - 0 1 - unchanged 0
project-cal 63 49 14 -13 50 1 lowered 0
quote 1 - - 0 1 - unchanged 0
quote-cal 41 41 0 -6 35 -6 over 6
guide 1 - - 0 1 - unchanged 0
guide-project 1 - - 0 1 - unchanged 0
guide-sale 1 - - 0 1 - unchanged 0
guide-cal 63 49 14 -13 50 1 lowered 0
stakeholder 1 - - 0 1 - unchanged 0
stakeholder-cal 41 41 0 -6 35 -6 over 6
dash-cal 63 49 14 -13 50 1 lowered 0
selection-combined-cal 63 49 14 -13 50 1 lowered 0
sales-premium 21 21 0 -9 12 -9 over 9
ej-client 35 25 10 3 38 13 raised 0
ej-mod-rms 1 - - 0 1 - unchanged 0
ej-mod-ticket 1 - - 0 1 - unchanged 0
ej-mod-knowledge 1 - - 0 1 - unchanged 0
escalate 1 - - 0 1 - unchanged 0
inbox-filter 1 - - 0 1 - unchanged 0
request-batch 1 - - 0 1 - unchanged 0
service-t2 35 - - 3 38 - marker 0
service-premium 15 5 10 0 15 10 unchanged 0
all-three-premium 20 20 0 3 23 3 raised 0
ej-mod-spm 1 - - 0 1 - unchanged 0
ej-mod-spm-cal 27 23 - -4 23 - lowered 0
mail-merge-cal 27 23 4 -4 23 0 lowered 0
mktg-auto 1 - - 0 1 - unchanged 0
mktg-auto-cal 27 23 4 -4 23 0 lowered 0
marketing-t2 27 - - -4 23 - marker 0
marketing-premium 7 3 4 -7 0 -3 removed-in-use 3
marketingplatform 1 - - 0 1 - unchanged 0
aiplatform 1 - - 0 1 - unchanged 0
aicategorization 1 - - 0 1 - unchanged 0
cep 1 - - 0 1 - unchanged 0
target-sale-u 1 - - -1 0 - removed 0
aitextservices 1 - - 0 1 - unchanged 0
aichatbot 1 - - -1 0 - removed 0
scim 0 - - 1 1 - added 0
db-mirror 0 - - 1 1 - added 0
synchronizer-cal 0 0 - 10 10 10 added 0
`

// moved are the people who go to the empty plan so that the second set fits.
const moved = `
kadmium.kartong
karmin.linjal
khaki.staffli
klorofyll.mallkniv
kobolt.skalpell
koppar.kartong
korall.pensel
krapplack.radergummi
krom.vinkelhake
skiffer.spackel
smaragd.penna
terrakotta.tusch
`

// wantInUseAfter is what must be counted once the second set is active.
const wantInUseAfter = `
visible-for 4 -
no-selection 14 -
user 37 13
web 37 13
pocket-crm-cal 37 13
selection-cal 37 13
relation-cal 37 13
report-cal 37 13
chat-cal 37 13
forms-cal 37 13
sale-cal 32 3
t2 37 13
saint-cal 37 13
target-cal 32 3
project-cal 37 13
quote-cal 32 3
guide-cal 37 13
stakeholder-cal 32 3
dash-cal 37 13
selection-combined-cal 37 13
sales-premium 12 0
ej-client 25 13
service-premium 5 10
all-three-premium 20 3
ej-mod-spm-cal 20 -
mail-merge-cal 20 3
mktg-auto-cal 20 3
synchronizer-cal 0 10
`
