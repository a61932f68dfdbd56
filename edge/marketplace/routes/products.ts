import { z } from 'zod';
import {
  getProduct,
  insertProduct,
  listProducts,
  productSorts,
  updateProduct,
} from '../../../db/marketplace/products.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Route } from '../../route.ts';
import { pageQuery } from '../page-query.ts';
import { newProductSchema, productChange, productChangeSchema, productSchema, viewProduct } from '../product-view.ts';

const users = ['marketplace:user'] as const;
const params = z.object({ id: z.uuid() });
const searchSchema = z
  .string()
  .max(200)
  .describe('Words to be found in title, tags and description: all of them, `"a phrase"`, `or`, `-not`');

const list = defineRoute({
  method: 'GET',
  path: '/api/v1/marketplace/products',
  summary: 'Products',
  description:
    'A word finds its plural and the like too, and the last word of a search all words that begin with it. A search that only excludes finds nothing.',
  roles: 'public',
  idempotency: 'none',
  query: z.object({ ...pageQuery, search: searchSchema.optional(), sort: z.enum(productSorts).default('newest') }),
  response: { 200: z.strictObject({ products: z.array(productSchema), total: z.int() }) },
  async handler({ db, query: { search, sort, ...page } }) {
    const { products, total } = await listProducts(db, { search: search?.trim() || null, sort }, page);
    return { status: 200, body: { products: products.map(viewProduct), total } };
  },
});

const show = defineRoute({
  method: 'GET',
  path: '/api/v1/marketplace/products/:id',
  summary: 'A product',
  roles: 'public',
  idempotency: 'none',
  params,
  response: { 200: productSchema },
  async handler({ db, params: { id } }) {
    const product = await getProduct(db, id);
    if (!product) throw noSuchProduct();
    return { status: 200, body: viewProduct(product) };
  },
});

const add = defineRoute({
  method: 'POST',
  path: '/api/v1/marketplace/products',
  summary: 'Offer a product',
  description: 'Its seller is the caller.',
  roles: users,
  idempotency: 'honoured',
  body: newProductSchema,
  response: { 201: productSchema },
  async handler(request) {
    const { price_cents: priceCents, tax_rate: taxRate, ...same } = request.body;
    const fields = { ...same, priceCents, taxRate };
    const product = await request.transact(tx => insertProduct(tx, request.actor!.id, fields));
    return { status: 201, body: viewProduct(product) };
  },
});

const change = defineRoute({
  method: 'PUT',
  path: '/api/v1/marketplace/products/:id',
  summary: 'Change a product of one’s own',
  description: 'What is left out stays as it is. Orders that were placed keep their price.',
  roles: users,
  idempotency: 'honoured',
  params,
  body: productChangeSchema,
  response: { 200: productSchema },
  async handler(request) {
    const owned = { id: request.params.id, sellerId: request.actor!.id };
    const product = await request.transact(tx => updateProduct(tx, owned, productChange(request.body)));
    if (!product) throw noSuchProduct();
    return { status: 200, body: viewProduct(product) };
  },
});

function noSuchProduct(): Fault {
  return new Fault('not_found', 'There is no such product.');
}

export const productRoutes: readonly Route[] = [list, show, add, change];
