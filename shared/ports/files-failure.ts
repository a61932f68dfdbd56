import { Fault } from '../fault.ts';

/** A write brought more than it was allowed to. Nothing of it was kept. */
export class FileTooLarge extends Fault {
  constructor(maxBytes: number) {
    super('too_large', `The file is larger than ${maxBytes} bytes.`, {
      reason: 'FILE_TOO_LARGE',
      details: { maxBytes },
    });
    this.name = 'FileTooLarge';
  }
}

/** Other bytes are there already, where the first are to stay. Nothing was changed. */
export class FileExists extends Fault {
  constructor() {
    super('conflict', 'Another file has arrived at this address before.', { reason: 'FILE_EXISTS' });
    this.name = 'FileExists';
  }
}

/** The store is away, or full. The same call may go through later. */
export class FilesUnavailable extends Fault {
  constructor(cause: unknown) {
    super('unavailable', 'The file store cannot do this at the moment; send the request again.', {
      reason: 'FILES_UNAVAILABLE',
      retryAfterS: 5,
      cause,
    });
    this.name = 'FilesUnavailable';
  }
}
