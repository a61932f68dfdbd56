/** One request as the sandbox saw it. */
export interface LoggedRequest {
  requestId: string;
  /** ISO-8601. */
  at: string;
  method: string;
  path: string;
  key: string | null;
  account: string | null;
  /** What was answered; null while it is under way, and for good when a fault kept the answer back. */
  status: number | null;
  replayed: boolean;
  /** The armed faults that struck it. */
  faults: string[];
}

/** The last requests, for assertions on what was really sent: 1,000 of them, so that a long run stays small. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = [];

  add(request: LoggedRequest): void {
    this.#requests.push(request);
    if (this.#requests.length > 1000) this.#requests.shift();
  }

  list(): LoggedRequest[] {
    return this.#requests.map(request => ({ ...request, faults: [...request.faults] }));
  }
}
