import type { Contestant } from '../contestant.ts';
import { startPeer } from './peer.ts';

/** A route that does nothing, not even read the body: what HTTP itself costs on this machine. */
export const koa: Contestant = {
  name: 'koa',
  title: 'Koa, a route that does nothing',
  start: () => startPeer('koa', [], false),
};
