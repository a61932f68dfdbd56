/** How documents call their fields, one name a line. Longer names stand before shorter ones that they begin with. */
const names = {
  fullName: String.raw`
    full name
    name of (?:the )?(?:holder|bearer|participant|candidate|employee)
    (?:card)?holder(?:'s|’s)? name
    (?:employee|participant|candidate|student|recipient|licensee) name
    name and surname|surname and name
    cardholder|holder|bearer|participant|candidate|recipient|licensee
    name(?! of\b)`,
  awardedTo: String.raw`
    (?:issued|awarded|presented|granted) to
    (?:certif(?:y|ies)|confirms?) that`,
  surname: String.raw`
    surname|last name|family name|LN
    nom|apellidos?|nachname|cognome|nazwisko`,
  givenNames: String.raw`
    given names?|first names?|forenames?|FN
    pr[ée]noms?|vornamen?|nombres?|nome|imiona`,
  birth: String.raw`
    date of birth|birth ?date|d\.?o\.?b\.?|born(?: on)?
    date de naissance|geburtsdatum|geb\.`,
  issue: String.raw`
    date of issue|issue date|issued on|issued|iss\.?|valid from
    date of completion|completed on`,
  expiry: String.raw`
    valid\s+from\b.{6,30}?\s(?:to|until|till|through|thru|-|–)
    date of expir(?:y|ation)|expir(?:y|ation) date
    expir(?:es|ing|y|ation)(?: on)?|exp(?:\.|\b)
    (?:valid|good) (?:until|till|to|thru|through|up to)
    not valid after
    renew(?:al)? (?:by|due)(?: on)?
    date d['’]expiration|g[üu]ltig bis|caducidad
    4b\.?`,
  documentNumber: String.raw`
    (?:passport|document|(?:identity )?card|id|certificate|licen[cs]e|permit|registration|credential|serial|dl|lic|reg)\.?\s{0,2}(?:no\b\.?|nr\b\.?|n[°º]|number|num\b\.?|#|id\b)
    DLN|DL|4d\.?`,
  /** Told apart from values; nobody asks for them. */
  other: String.raw`
    sex|gender|nationality|place of birth|address|height|signature|authority|issuing authority|class`,
};

/** Fields' names anywhere in a text, as whole words. */
function labelOf(...fields: (keyof typeof names)[]): RegExp {
  const words = fields.map(field => names[field].trim().replace(/\n\s*/g, '|')).join('|');
  return new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${words})(?![\p{L}\p{N}])`, 'giu');
}

/** For `matchAll`, which leaves them as they are. */
export const labels = {
  fullName: labelOf('fullName'),
  awardedTo: labelOf('awardedTo'),
  surname: labelOf('surname'),
  givenNames: labelOf('givenNames'),
  birth: labelOf('birth'),
  expiry: labelOf('expiry'),
  documentNumber: labelOf('documentNumber'),
  dates: labelOf('expiry', 'birth', 'issue'),
  any: labelOf(
    ...(['expiry', 'fullName', 'awardedTo', 'surname', 'givenNames'] as const),
    ...(['birth', 'issue', 'documentNumber', 'other'] as const),
  ),
};
