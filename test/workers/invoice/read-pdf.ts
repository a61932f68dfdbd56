import { spawnSync } from 'node:child_process';

/** Whether poppler's tools are there to read a PDF with: independent eyes, no package of ours. */
export const canReadPdf = ['pdftotext', 'pdfinfo', 'pdffonts'].every(
  tool => spawnSync(tool, ['-v'], { stdio: 'ignore' }).status === 0,
);

/** What one of poppler's tools says of a PDF. */
export function inspectPdf(tool: 'pdfinfo' | 'pdffonts', pdf: Uint8Array, ...options: string[]): string {
  return runPoppler(tool, [...options, '-'], pdf);
}

/** The text of each page, as it is laid out. */
export function readPages(pdf: Uint8Array): string[] {
  return runPoppler('pdftotext', ['-layout', '-enc', 'UTF-8', '-', '-'], pdf).split('\f').slice(0, -1);
}

function runPoppler(tool: string, args: string[], pdf: Uint8Array): string {
  const { status, stdout, stderr, error } = spawnSync(tool, args, { input: pdf, encoding: 'utf8', maxBuffer: 2 ** 26 });
  // It complains of a damaged file on stderr and goes on.
  if (error || status !== 0 || stderr) throw error ?? new Error(`${tool}: ${stderr}`);
  return stdout;
}
