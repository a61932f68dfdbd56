// What the thread of the OCR pool runs.
import { parentPort } from 'node:worker_threads';
import type { Answer } from '../thread-pool.ts';
import { doTask, type Task, type TaskAnswer } from './do-task.ts';
import { OcrEngine } from './ocr-engine.ts';

const engine = new OcrEngine();

parentPort?.on('message', (task: Task) => {
  const post = (answer: Answer<TaskAnswer>) => parentPort?.postMessage(answer, []);
  doTask(task, engine).then(
    output => post({ output }),
    (error: unknown) => post({ error }),
  );
});
