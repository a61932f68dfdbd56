export interface BatchOptions<Item, Answer> {
  /** Handles all items in one statement; answers in the items' order. Must be atomic: it may be repeated on halves. */
  run: (items: Item[]) => Promise<readonly Answer[]>;
  maxItems: number;
  /** Runs that may be under way at once. */
  lanes: number;
  /** Whether an error can be one item's own fault, so that halves are worth trying. A lost connection is nobody's. */
  divisible: (error: unknown) => boolean;
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Coalesces what arrives in one turn of the event loop into one statement. A batch of one adds no delay; while all lanes
 * are busy, what arrives waits and leaves together. A batch that fails is bisected, so that one bad item fails alone.
 */
export function batch<Item, Answer>(options: BatchOptions<Item, Answer>): (item: Item) => Promise<Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let busyLanes = 0;
  let scheduled = false;

  const settle = async (part: Waiting<Item, Answer>[]): Promise<void> => {
    try {
      const answers = await options.run(part.map(entry => entry.item));
      if (answers.length !== part.length)
        throw new Error(`a batch of ${part.length} was answered ${answers.length} times`);
      part.forEach((entry, index) => entry.resolve(answers[index] as Answer));
    } catch (error) {
      if (part.length === 1 || !options.divisible(error)) {
        for (const entry of part) entry.reject(error);
        return;
      }
      const middle = part.length >> 1;
      await settle(part.slice(0, middle));
      await settle(part.slice(middle));
    }
  };

  const pump = (): void => {
    scheduled = false;
    while (busyLanes < options.lanes && waiting.length > 0) {
      const part = waiting.length <= options.maxItems ? waiting : waiting.slice(0, options.maxItems);
      waiting = part === waiting ? [] : waiting.slice(options.maxItems);
      busyLanes += 1;
      void settle(part).finally(() => {
        busyLanes -= 1;
        pump();
      });
    }
  };

  return item =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!scheduled && busyLanes < options.lanes) {
        scheduled = true;
        setImmediate(pump);
      }
    });
}
