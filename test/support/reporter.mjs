// Mocha's spec output, closed by the one line that scripts read.
import Mocha from 'mocha';

export default class extends Mocha.reporters.Spec {
  #told = false;

  constructor(runner, options) {
    super(runner, options);
    // Of a file that can't be loaded or ends its process, a parallel run knows no more than this.
    runner.on('fail', ({ file, parent }, error) => {
      if (file && parent === runner.suite) console.log(`${file}: ${error.stack ?? error.message}`);
    });
    // Once the last of its processes has gone with a test file, a parallel run ends as if all were well.
    process.once('exit', code => {
      if (this.#told) return;
      Mocha.reporters.Base.list(this.failures);
      this.#tell(this.stats.failures + 1);
      process.exitCode = code || 1;
    });
  }

  done(failures, end) {
    this.#tell(failures);
    end(failures);
  }

  #tell(failures) {
    this.#told = true;
    const { passes, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed${pending ? `, ${pending} skipped` : ''}`);
  }
}
