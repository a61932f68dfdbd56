import { serve } from './peer-edge.ts';

serve(ctx => {
  ctx.status = 202;
  ctx.body = {};
});
