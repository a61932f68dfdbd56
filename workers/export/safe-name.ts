/** Room for a name in UTF-8 wherever an archive is unpacked: file systems take 255 bytes, some programs add to them. */
const maxBytes = 150;
const maxExtension = 20;

/**
 * What is left of a file's name when it must be good on every system: no folders, nothing invisible (a name must not look like
 * another, or read backwards), nothing that Windows keeps for itself.
 */
export function safeName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*]/gu, '_')
    .replace(/^[. ]+|[. ]+$/g, '_');
  const free = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain;
  const dot = free.lastIndexOf('.');
  const extension = dot > 0 && free.length - dot <= maxExtension ? free.slice(dot) : '';
  return (
    cut(free.slice(0, free.length - extension.length), maxBytes - Buffer.byteLength(extension)) + extension || 'file'
  );
}

/** The longest beginning of a text, in whole characters, that fits. */
function cut(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let left = bytes;
  const kept: string[] = [];
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    kept.push(character);
  }
  return kept.join('');
}
