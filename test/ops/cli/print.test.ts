import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderSpark, renderTable, type Column } from '../../../ops/cli/print.ts';

interface Row {
  id: string;
  fault: string;
  owner: string;
}

const columns: Column<Row>[] = [
  { title: 'ID', value: row => row.id, color: () => 'red' },
  { title: 'FAULT', value: row => row.fault, shrinks: true },
  { title: 'OWNER', value: row => row.owner, shrinks: true },
];
const row: Row = { id: 'a'.repeat(36), fault: 'f'.repeat(80), owner: 'o'.repeat(20) };
const linesOf = (text: string) => text.split('\n');

describe('a table', () => {
  it('fits the terminal: what may shrink does, the widest first, and what may not stays whole', () => {
    const [, line = ''] = linesOf(renderTable([row], columns, '', { width: 80, colors: false }));
    assert.equal(line, `${row.id}  ${'f'.repeat(19)}…  ${row.owner}`);
  });

  it('keeps cells readable where nothing can fit', () => {
    const [, line = ''] = linesOf(renderTable([row], columns, '', { width: 20, colors: false }));
    assert.equal(line, `${row.id}  fffffff…  ooooooo…`);
  });

  it('is never cut or coloured outside a terminal', () => {
    const text = renderTable([row], columns, '');
    assert.ok(text.includes(row.fault) && !text.includes('\u001b'));
  });

  it('has colours on a terminal that shows them, and is as wide with them', () => {
    const look = { width: 80, colors: true };
    const text = renderTable([row], columns, '', look);
    assert.ok(text.includes(`\u001b[31m${row.id}\u001b[0m`));
    // oxlint-disable-next-line no-control-regex
    assert.equal(text.replaceAll(/\u001b\[\d+m/g, ''), renderTable([row], columns, '', { ...look, colors: false }));
  });

  it('is never wider than the terminal, whatever is in it', () => {
    const narrow = [columns[0]!, { ...columns[1]!, title: 'F' }, { ...columns[2]!, title: 'O' }];
    const text = fc.stringMatching(/^[a-zé€]{0,120}$/);
    fc.assert(
      fc.property(fc.array(fc.record({ id: fc.constant('x'), fault: text, owner: text })), rows => {
        for (const line of linesOf(renderTable(rows, narrow, '', { width: 60, colors: false }))) {
          assert.ok([...line].length <= 60, line);
        }
      }),
    );
  });

  it('shows what clients wrote without letting it steer the terminal', () => {
    const text = renderTable([{ ...row, owner: 'x\u001b[2J\ny' }], columns, '', { width: 200, colors: false });
    assert.equal(linesOf(text).length, 2);
    assert.ok(text.includes('x\uFFFD[2J\uFFFDy'));
  });
});

describe('bars', () => {
  it('are as high as their figures, with a dot for none', () => {
    assert.equal(renderSpark([0, 1, 4, 8]), '·▁▄█');
    assert.equal(renderSpark([0, 0]), '··');
    assert.equal(renderSpark([1_000_000, 1]), '█▁');
  });
});
