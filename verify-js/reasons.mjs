// Every reason to refuse a file: the code a program sees, the section of
// spec/license-file.md that decides, and the sentence in English and Swedish.
// Names in braces are facts of the refusal.

const malformed = 'set.malformed';
const tooLarge = 'set.too-large';
const newer = 'set.needs-newer';
const signature = 'set.bad-signature';
const untrusted = 'set.untrusted';
const ended = 'set.certificate-expired';
const fence = 'set.outside-fence';

const rows = [
  // Bytes, lines, blocks.
  ['file.too-large', tooLarge, '3.3', 'The file is larger than {most} bytes.', 'Filen är större än {most} byte.'],
  ['file.too-many-lines', tooLarge, '3.3', 'The file has more than {most} lines.', 'Filen har fler än {most} rader.'],
  ['text.too-many-lines', tooLarge, '3.3', 'The text has more than {most} lines.', 'Texten har fler än {most} rader.'],
  ['set.too-many-lines', tooLarge, '3.3', 'The set has more than {most} lines.', 'Licenspaketet har fler än {most} rader.'],
  ['file.too-many-lists', tooLarge, '3.3', 'The file has more than {most} key lists.', 'Filen har fler än {most} nyckellistor.'],
  ['file.long-line', tooLarge, '3.3', 'The line is longer than {most} bytes.', 'Raden är längre än {most} byte.'],
  ['file.empty', malformed, '3.1', 'The file is empty.', 'Filen är tom.'],
  ['file.control', malformed, '3.1', 'A control character stands in the line: {byte}. A mail program or an editor may have changed the line ends.', 'Ett styrtecken står i raden: {byte}. Ett e-postprogram eller en redigerare kan ha ändrat radsluten.'],
  ['file.not-utf8', malformed, '3.1', 'The line is not UTF-8.', 'Raden är inte UTF-8.'],
  ['file.no-line-end', malformed, '3.1', 'The last line does not end with a line feed: the file was cut off.', 'Sista raden saknar radslut: filen är avkortad.'],
  ['file.blank-line', malformed, '3.2', 'A blank line stands where none belongs.', 'En tom rad står där ingen hör hemma.'],
  ['file.blocks', malformed, '3.2', 'A part is missing: the file has {count} blocks, and needs two for the checkpoint, two for the certificate and two for each key list after the lines.', 'En del saknas: filen har {count} block, och behöver två för kontrollpunkten, två för certifikatet och två för varje nyckellista efter raderna.'],
  ['lists.blocks', malformed, '7.7', 'A part is missing: each key list is a text and its signatures.', 'En del saknas: varje nyckellista är en text och dess signaturer.'],
  ['version.newer', newer, '5.1', 'This is version {version} of {format}: a newer verifier is needed.', 'Det här är version {version} av {format}: det krävs en nyare kontroll.'],
  ['version.unknown', malformed, '5.1', 'The line should be {format}/v1, and is “{got}”.', 'Raden ska vara {format}/v1, men är ”{got}”.'],
  ['requires', newer, '10', 'The file needs extensions this verifier does not know: {words}.', 'Filen kräver tillägg som den här kontrollen inte känner: {words}.'],

  // Lines of JSON.
  ['json.expected', malformed, '4.1', '“{what}” should stand here, not “{got}”.', 'Här ska ”{what}” stå, inte ”{got}”.'],
  ['json.after-end', malformed, '4.1', 'Something follows the end of the object.', 'Något följer efter objektets slut.'],
  ['json.not-object', malformed, '4.1', 'An object should stand here, not “{got}”.', 'Här ska ett objekt stå, inte ”{got}”.'],
  ['json.not-array', malformed, '4.1', 'A list should stand here, not “{got}”.', 'Här ska en lista stå, inte ”{got}”.'],
  ['json.not-string', malformed, '4.1', 'A text in quotes should stand here, not “{got}”.', 'Här ska en text i citattecken stå, inte ”{got}”.'],
  ['json.not-field', malformed, '4.1', 'The name of a field should stand here, not “{got}”.', 'Här ska ett fältnamn stå, inte ”{got}”.'],
  ['json.not-flag', malformed, '4.1', 'A flag that stands is written true.', 'En flagga som står skrivs true.'],
  ['json.not-integer', malformed, '4.2', 'An integer should stand here.', 'Här ska ett heltal stå.'],
  ['json.integer-form', malformed, '4.2', 'Integers are written in digits: no sign, no leading zero, no point, no exponent.', 'Heltal skrivs med siffror: utan tecken, inledande nolla, punkt eller exponent.'],
  ['json.integer-large', malformed, '3.3', 'The number is larger than {most}.', 'Talet är större än {most}.'],
  ['json.integer-small', malformed, '4.2', 'The number is smaller than {least}.', 'Talet är mindre än {least}.'],
  ['json.open-string', malformed, '4.3', 'The text does not end.', 'Texten tar inte slut.'],
  ['json.escape', malformed, '4.3', 'This escape is not one of those allowed.', 'Den här specialföljden är inte tillåten.'],
  ['json.long-escape', malformed, '4.3', 'This character has a shorter escape.', 'Det här tecknet har en kortare specialföljd.'],
  ['json.empty-array', malformed, '4.1', 'An empty list is left out.', 'En tom lista utelämnas.'],
  ['json.empty-object', malformed, '4.1', 'An empty object is left out.', 'Ett tomt objekt utelämnas.'],
  ['json.default', malformed, '4.1', 'A value that is meant anyway is left out.', 'Ett värde som gäller ändå utelämnas.'],
  ['json.null', malformed, '4.1', 'There is no null: leave “{name}” out.', 'Det finns inget null: utelämna ”{name}”.'],
  ['json.unknown-field', malformed, '4.1', 'There is no field “{name}” here.', 'Här finns inget fält ”{name}”.'],
  ['json.field-twice', malformed, '4.1', 'The field “{name}” stands twice.', 'Fältet ”{name}” står två gånger.'],
  ['json.field-order', malformed, '4.1', 'The field “{name}” stands too late.', 'Fältet ”{name}” står för sent.'],
  ['json.field-missing', malformed, '4.1', 'The field “{name}” is missing.', 'Fältet ”{name}” saknas.'],
  ['json.form', malformed, '4.5', '“{got}” is not {what}.', '”{got}” är inte {what}.'],
  ['json.not-one-of', malformed, '4.5', '“{got}” is none of: {what}.', '”{got}” är inget av: {what}.'],
  ['array.twice', malformed, '4.1', '“{name}” stands twice in the list.', '”{name}” står två gånger i listan.'],
  ['array.order', malformed, '4.1', '“{name}” is out of order: {order}.', '”{name}” står i fel ordning: {order}.'],
  ['text.empty', malformed, '4.4', 'A text is not empty.', 'En text är inte tom.'],
  ['text.invisible', malformed, '4.4', 'The text holds {char}, which cannot be seen.', 'Texten innehåller {char}, som inte syns.'],

  // The set and its checkpoint.
  ['set.no-header', malformed, '5.2', 'The header is missing.', 'Huvudet saknas.'],
  ['set.line', malformed, '5.4', 'The line is neither a license nor an optional line.', 'Raden är varken en licens eller en valfri rad.'],
  ['set.license-late', malformed, '5.4', 'A license stands after an optional line.', 'En licens står efter en valfri rad.'],
  ['set.module-twice', malformed, '5.3', 'The module “{name}” stands twice.', 'Modulen ”{name}” står två gånger.'],
  ['dates.grace', malformed, '5.2', 'A grace date stands without an expiry.', 'Ett datum för fortsatt funktion står utan slutdatum.'],
  ['header.start-required', malformed, '5.2', 'A start stands and is not named in requires.', 'En startdag står utan att nämnas i requires.'],
  ['header.no-start', malformed, '5.2', 'A start is named in requires, and none stands.', 'En startdag nämns i requires men ingen står.'],
  ['header.start', malformed, '5.2', 'The start stands behind the end, {end}.', 'Startdagen ligger efter slutet, {end}.'],
  ['header.previous', malformed, '5.2', 'Set number 1 has no predecessor.', 'Licenspaket nummer 1 har ingen föregångare.'],
  ['header.no-previous', malformed, '5.2', 'The hash of the predecessor is missing.', 'Föregångarens kontrollsumma saknas.'],
  ['license.only', malformed, '5.3', '“{field}” belongs to {kind} licenses only.', '”{field}” hör bara till {kind}-licenser.'],
  ['license.itself', malformed, '5.3', '“{field}” names the license itself.', '”{field}” nämner licensen själv.'],
  ['checkpoint.lines', malformed, '6.2', 'A checkpoint has exactly three lines.', 'En kontrollpunkt har exakt tre rader.'],
  ['checkpoint.origin', malformed, '6.2', 'The checkpoint is of another set: {got} instead of {want}.', 'Kontrollpunkten hör till ett annat licenspaket: {got} i stället för {want}.'],
  ['checkpoint.size', malformed, '6.2', '“{got}” is not a number of lines.', '”{got}” är inget antal rader.'],
  ['checkpoint.root', malformed, '6.2', 'The root is not 32 bytes in base64.', 'Roten är inte 32 byte i base64.'],
  ['checkpoint.other-size', signature, '6.2', 'The checkpoint is of {size} lines, and there are {count}: lines were added or removed.', 'Kontrollpunkten gäller {size} rader, men det finns {count}: rader har lagts till eller tagits bort.'],
  ['checkpoint.other-lines', signature, '6.2', 'The checkpoint is of other lines: something was changed after signing.', 'Kontrollpunkten gäller andra rader: något har ändrats efter signeringen.'],

  // Notes.
  ['note.too-many', tooLarge, '3.3', 'More than {most} signatures stand under one text.', 'Fler än {most} signaturer står under en text.'],
  ['note.signature-line', malformed, '6.3', 'A signature line is a long dash, a key name and a signature, parted by single spaces.', 'En signaturrad är ett långt tankstreck, ett nyckelnamn och en signatur, med ett mellanslag emellan.'],
  ['note.key-name', malformed, '6.3', '“{name}” cannot name a key.', '”{name}” kan inte vara ett nyckelnamn.'],
  ['note.base64', malformed, '6.3', 'The signature is not base64 in its one spelling.', 'Signaturen är inte base64 i sin enda stavning.'],
  ['note.short', malformed, '6.3', 'The signature is too short.', 'Signaturen är för kort.'],
  ['note.twice', malformed, '6.3', 'The key “{name}” signed twice.', 'Nyckeln ”{name}” har signerat två gånger.'],
  ['signature.false', signature, '6.3', 'The signature of “{name}” on the {what} is false: the text was changed after signing, or somebody else signed.', 'Signaturen av ”{name}” på {what} är falsk: texten har ändrats efter signeringen, eller så har någon annan signerat.'],

  // Keys, key lists, certificates.
  ['key.form', malformed, '7.1', 'A key is 32 bytes in base64.', 'En nyckel är 32 byte i base64.'],
  ['key.not-canonical', malformed, '7.1', 'The key is not written in its one spelling.', 'Nyckeln är inte skriven i sin enda stavning.'],
  ['key.off-curve', malformed, '7.1', 'The key is not a point of the curve.', 'Nyckeln är ingen punkt på kurvan.'],
  ['key.small-order', malformed, '7.1', 'The key is weak: signatures under it verify for any text.', 'Nyckeln är svag: signaturer med den stämmer för vilken text som helst.'],
  ['text.no-header', malformed, '7.3', 'The header is missing.', 'Huvudet saknas.'],
  ['text.line', malformed, '7.3', 'The line is none of: {kinds}.', 'Raden är inget av: {kinds}.'],
  ['text.order', malformed, '7.3', 'The line stands too late.', 'Raden står för sent.'],
  ['text.twice', malformed, '7.3', '“{name}” stands twice.', '”{name}” står två gånger.'],
  ['also.size', malformed, '7.6', 'A key of {algorithm} has {size} bytes.', 'En nyckel för {algorithm} har {size} byte.'],
  ['span', malformed, '7.3', 'The last day, {through}, is before the first, {from}.', 'Sista dagen, {through}, är före den första, {from}.'],
  ['list.no-roots', malformed, '7.3', 'The key list has no roots.', 'Nyckellistan har inga rötter.'],
  ['list.roots', tooLarge, '3.3', 'The key list has more than {most} roots.', 'Nyckellistan har fler än {most} rötter.'],
  ['list.threshold', malformed, '7.3', '{threshold} roots must sign, and there are {count}.', '{threshold} rötter måste signera, men det finns {count}.'],
  ['list.issuer-is-root', malformed, '7.3', 'A key of {issuer} is also a root.', 'En nyckel för {issuer} är också en rot.'],
  ['list.date', malformed, '7.3', 'A date belongs to drop-on only.', 'Ett datum hör bara till drop-on.'],
  ['list.drop-soon', malformed, '7.3', '{date} is less than 14 days after the list was issued.', '{date} är mindre än 14 dagar efter att listan utfärdades.'],
  ['list.gap', malformed, '3.2', 'Key list {want} should stand here, and it is number {number}.', 'Här ska nyckellista {want} stå, men det är nummer {number}.'],
  ['certificate.no-keys', malformed, '7.4', 'The certificate names no signing key.', 'Certifikatet nämner ingen signeringsnyckel.'],
  ['certificate.issuer', malformed, '7.4', 'The certificate is of {issuer}, and the set of {want}.', 'Certifikatet gäller {issuer}, och licenspaketet {want}.'],

  // Belief.
  ['chain.old-list', 'set.old-key-list', '8.2', 'The file brings key list {number}, and list {highest} was accepted before.', 'Filen har nyckellista {number}, men lista {highest} har redan godtagits.'],
  ['chain.forked-list', 'set.forked-key-list', '8.2', 'Key list {number} is not the one accepted before: roots signed two lists under one number.', 'Nyckellista {number} är inte den som godtagits: rötter har signerat två listor med samma nummer.'],
  ['chain.quorum', untrusted, '8.2', 'Key list {number} is signed by {count} of the roots of list {of}, and needs {threshold}.', 'Nyckellista {number} är signerad av {count} av rötterna i lista {of}, men behöver {threshold}.'],
  ['chain.roots', untrusted, '8.2', 'No key list is signed by {threshold} of the root keys you trust; at most {count} signed.', 'Ingen nyckellista är signerad av {threshold} av rotnycklarna du litar på; som mest har {count} signerat.'],
  ['chain.algorithm', newer, '8.2', 'Since {from} a signature of the kind {name} is needed, which this verifier does not know.', 'Sedan {from} krävs en signatur av slaget {name}, som den här kontrollen inte känner.'],
  ['chain.issuer', 'set.unknown-issuer', '8.3', 'Key list {number} has no key of {issuer} that signed the certificate.', 'Nyckellista {number} har ingen nyckel för {issuer} som har signerat certifikatet.'],
  ['chain.signing-key', signature, '8.3', 'No key of the certificate signed the checkpoint.', 'Ingen nyckel i certifikatet har signerat kontrollpunkten.'],
  ['chain.levels', signature, '8.3', 'The set is signed with a root or issuer key.', 'Licenspaketet är signerat med en rot- eller utgivarnyckel.'],
  ['chain.old-certificate', 'set.old-certificate', '8.3', 'The file brings certificate {number}, and {highest} was accepted before.', 'Filen har certifikat {number}, men {highest} har redan godtagits.'],
  ['chain.revoked', 'set.revoked', '8.3', 'The {what} key {key} was revoked.', '{what} {key} är återkallad.'],
  ['time.ahead', 'set.not-yet-valid', '8.4', 'The set was issued at {issued}, more than a day ahead of the time asked about.', 'Licenspaketet utfärdades {issued}, mer än ett dygn efter tiden som kontrollen gäller.'],
  ['time.issued-outside-issuer', ended, '8.4', 'The set was issued on {issued}; the issuer’s key counts from {from} through {through}.', 'Licenspaketet utfärdades {issued}; utgivarens nyckel gäller från {from} till och med {through}.'],
  ['time.issued-outside-signing', ended, '8.4', 'The set was issued on {issued}; the signing key counts from {from} through {through}.', 'Licenspaketet utfärdades {issued}; signeringsnyckeln gäller från {from} till och med {through}.'],
  ['time.issued-outside-list', ended, '8.4', 'The set was issued on {issued}; the key list counts through {through}.', 'Licenspaketet utfärdades {issued}; nyckellistan gäller till och med {through}.'],
  ['time.ended-issuer', ended, '8.4', 'The issuer’s key counts through {through}; the day asked about is {today}.', 'Utgivarens nyckel gäller till och med {through}; kontrollen gäller {today}.'],
  ['time.ended-signing', ended, '8.4', 'The signing key counts through {through}; the day asked about is {today}.', 'Signeringsnyckeln gäller till och med {through}; kontrollen gäller {today}.'],
  ['time.ended-list', ended, '8.4', 'The key list counts through {through}; the day asked about is {today}.', 'Nyckellistan gäller till och med {through}; kontrollen gäller {today}.'],
  ['fence.clients', fence, '8.5', 'The issuer may not say how people sign in.', 'Utgivaren får inte bestämma hur man loggar in.'],
  ['fence.module', fence, '8.5', 'The issuer may not grant “{module}”, only: {allowed}.', 'Utgivaren får inte ge ”{module}”, bara: {allowed}.'],
  ['fence.kind', fence, '8.5', 'The issuer may not grant {kind} licenses such as “{module}”.', 'Utgivaren får inte ge {kind}-licenser som ”{module}”.'],
  ['fence.unrestricted', fence, '8.5', 'The issuer may not grant “{module}” unrestricted.', 'Utgivaren får inte ge ”{module}” obegränsat.'],
  ['fence.quantity', fence, '8.5', '{quantity} of “{module}” are more than the {most} the issuer may grant.', '{quantity} av ”{module}” är fler än de {most} som utgivaren får ge.'],
  ['fence.total', fence, '8.5', 'With “{module}” the set grants more than {most} in all.', 'Med ”{module}” ger licenspaketet fler än {most} sammanlagt.'],
  ['fence.no-expiry', fence, '8.5', 'The issuer may not grant sets without an end.', 'Utgivaren får inte ge licenspaket utan slut.'],
  ['fence.last-date', fence, '8.5', 'The set ends on {end}; the issuer’s last date is {last}.', 'Licenspaketet slutar {end}; utgivarens sista datum är {last}.'],
  ['fence.term', fence, '8.5', 'The set lasts {days} days; the issuer may grant {most}.', 'Licenspaketet varar {days} dagar; utgivaren får ge {most}.'],
  ['fence.demo', fence, '8.5', 'A demo set ends within 366 days.', 'Ett demopaket slutar inom 366 dagar.'],
  ['zone', 'set.unknown-time-zone', '8.5', 'The time zone {zone} is not known here.', 'Tidszonen {zone} är inte känd här.'],
  ['ended', 'set.expired', '8.6', 'The last day of the set was {end}, and the day asked about is {today}.', 'Licenspaketets sista dag var {end}, och kontrollen gäller {today}.'],

  // Proofs.
  ['proof.lines', malformed, '9', 'The lines of a proof are a format line and three pairs, seven in all; there are {count}.', 'Ett bevis har en formatrad och tre par, sju rader i allt; det finns {count}.'],
  ['proof.path', signature, '9', 'The line does not lead to the root of the checkpoint.', 'Raden leder inte till kontrollpunktens rot.'],

  // Root files.
  ['root.threshold-line', malformed, '7.2', 'The second line of a root file is the word threshold, a space and a number.', 'Rotfilens andra rad är ordet threshold, ett mellanslag och ett tal.'],
  ['root.threshold', malformed, '7.2', '{threshold} roots must sign, and the root file has {count}; at most 4 can be asked for.', '{threshold} rötter måste signera, och rotfilen har {count}; som mest 4 kan krävas.'],
  ['root.count', tooLarge, '3.3', 'The root file has more than {most} keys.', 'Rotfilen har fler än {most} nycklar.'],
  ['root.algorithm', newer, '7.2', 'The key “{name}” is of an algorithm this verifier does not know.', 'Nyckeln ”{name}” är av ett slag som den här kontrollen inte känner.'],
  ['root.key-line', malformed, '7.2', 'The line is not a key name, a key id and a key joined by plus signs.', 'Raden är inte ett nyckelnamn, ett nyckel-id och en nyckel med plustecken emellan.'],
  ['root.key', malformed, '7.2', 'The key of “{name}” is weak or not a key.', 'Nyckeln för ”{name}” är svag eller ingen nyckel.'],
  ['root.key-id', malformed, '7.2', 'The key id does not belong to the key of “{name}”.', 'Nyckel-id:t hör inte till nyckeln för ”{name}”.'],
  ['root.twice', malformed, '7.2', 'A key stands twice in the root file.', 'En nyckel står två gånger i rotfilen.'],
];

/** The table: reason to {code, rule, en, sv}. */
export const reasons = Object.freeze(Object.fromEntries(
  rows.map(([reason, code, rule, en, sv]) => [reason, Object.freeze({ code, rule, en, sv })])));

/** Words that stand as facts in a sentence, in Swedish. */
export const terms = {
  'a module': 'en modul',
  'an issuer': 'en utgivare',
  'a word': 'ett ord',
  'base64 of at least one byte': 'base64 för minst en byte',
  'a word other than ed25519': 'ett annat ord än ed25519',
  'a date YYYY-MM-DD': 'ett datum ÅÅÅÅ-MM-DD',
  'a time YYYY-MM-DDThh:mm:ssZ': 'en tid ÅÅÅÅ-MM-DDThh:mm:ssZ',
  'a serial': 'ett serienummer',
  'a hash': 'en kontrollsumma',
  'a hash in base64': 'en kontrollsumma i base64',
  'a fingerprint': 'ett fingeravtryck',
  'a time zone': 'en tidszon',
  'a key name': 'ett nyckelnamn',
  'a pattern of modules': 'ett mönster för moduler',
  'the end of the line': 'radens slut',
  checkpoint: 'kontrollpunkten',
  certificate: 'certifikatet',
  'key list': 'nyckellistan',
  issuer: 'Utgivarnyckeln',
  signing: 'Signeringsnyckeln',
};
