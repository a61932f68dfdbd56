import { z } from 'zod';
import type { ProductFields, ProductRow } from '../../db/marketplace/products.ts';
import { tagsSchema } from './tags-field.ts';

const currencies = new Set(Intl.supportedValuesOf('currency'));

const title = z.string().trim().min(1).max(200);
const description = z.string().max(10_000);
const price_cents = z.int().min(1).max(100_000_000).describe('Of one, tax included');
const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'must be three letters, as in EUR')
  .transform(code => code.toUpperCase())
  .refine(code => currencies.has(code), 'is no currency');
const type = z.string().trim().min(1).max(50);
const tax_rate = z.number().min(0).max(1).multipleOf(0.0001).describe('Contained in the price: 0.23 is 23 %');

export const newProductSchema = z.strictObject({
  title,
  description: description.default(''),
  price_cents,
  currency,
  type: type.default('digital'),
  tags: tagsSchema.default([]),
  tax_rate: tax_rate.default(0),
});
export const productChangeSchema = z
  .strictObject({
    title: title.exactOptional(),
    description: description.exactOptional(),
    price_cents: price_cents.exactOptional(),
    currency: currency.exactOptional(),
    type: type.exactOptional(),
    tags: tagsSchema.exactOptional(),
    tax_rate: tax_rate.exactOptional(),
  })
  .refine(change => Object.keys(change).length > 0, 'must change something');

export const productSchema = z.strictObject({
  id: z.uuid(),
  seller_id: z.uuid(),
  seller_username: z.string(),
  title: z.string(),
  description: z.string(),
  price_cents: z.int().describe('Of one, tax included'),
  currency: z.string(),
  type: z.string(),
  tags: z.array(z.string()),
  tax_rate: z.number().describe('Contained in the price: 0.23 is 23 %'),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** The fields that a body gives; what it leaves out is left out. */
export function productChange(body: z.output<typeof productChangeSchema>): Partial<ProductFields> {
  const { price_cents: priceCents, tax_rate: taxRate, ...same } = body;
  return { ...same, ...(priceCents !== undefined && { priceCents }), ...(taxRate !== undefined && { taxRate }) };
}

export function viewProduct(product: ProductRow): z.output<typeof productSchema> {
  return {
    id: product.id,
    seller_id: product.sellerId,
    seller_username: product.sellerUsername,
    title: product.title,
    description: product.description,
    price_cents: product.priceCents,
    currency: product.currency,
    type: product.type,
    tags: product.tags,
    tax_rate: product.taxRate,
    created_at: product.createdAt.toISOString(),
    updated_at: product.updatedAt.toISOString(),
  };
}
