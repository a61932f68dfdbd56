import { MemoryBroker } from '../../shared/broker/memory.ts';
import { describeBroker } from './conformance.ts';

describeBroker('memory', async () => {
  const broker = new MemoryBroker();
  return { broker, stop: () => broker.close() };
});
