// Mocha's spec output, closed by the one line that scripts read.
import Mocha from 'mocha';

export default class extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.on('end', () => {
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ''}`);
    });
  }
}
