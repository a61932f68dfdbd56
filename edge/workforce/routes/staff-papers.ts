import { z } from 'zod';
import {
  deleteCertificate,
  getStaffItem,
  type ItemKind,
  listCertificates,
  listStaffItems,
  maxCertificates,
  putCertificate,
  putStaffItem,
  type StaffItemRow,
} from '../../../db/workforce/papers.ts';
import type { Transaction } from '../../../db/connect.ts';
import { updateStaffProfile } from '../../../db/workforce/staff-profile.ts';
import { createVerification, type NewVerification } from '../../../db/workforce/verifications.ts';
import { Fault } from '../../../shared/fault.ts';
import { defineRoute, type Reply, type Route, type RouteRequest } from '../../route.ts';
import { ownStaff, workforceActor } from '../actor.ts';
import { allItems, allItemsSchema } from '../all-items.ts';
import {
  attireSchema,
  certificateFields,
  certificateSchema,
  certificateTypeSchema,
  documentSchema,
  itemFields,
  photoSchema,
  viewAttire,
  viewCertificate,
  viewDocument,
  viewPhoto,
} from '../paper-view.ts';
import { paperTypes, photoTypes, takeFileOnce, uploadsPerMinute } from '../take-file.ts';

const roles = ['workforce:staff'];
/** Shared by the routes that take a file. */
const takingFile = {
  method: 'POST',
  description:
    'As a multipart form with the file in the field `file`, or as JSON with `fileUri`, a file uploaded before.',
  roles,
  idempotency: 'required',
  // The upload sees to its key itself: whether it is a repeat is known once it has all come.
  idempotencyRecord: 'job',
  limitPerMinute: uploadsPerMinute,
  bodyKind: 'stream',
  // Of a `fileUri`.
  faults: ['not_found'],
} as const;

/** A file, and what may come with it, for the API's description; the form is read by the upload. */
const formOf = <Fields extends z.ZodRawShape>(fields: z.ZodObject<Fields>) =>
  z.strictObject({ file: z.string().meta({ format: 'binary' }), ...fields.shape });

interface ItemRoutes<Item extends z.ZodObject> {
  kind: ItemKind;
  path: string;
  param: string;
  summary: { list: string; upload: string };
  item: Item;
  view: (row: StaffItemRow) => z.output<Item>;
  accepts: readonly string[];
  /** What the file is to be held against. */
  verification: (item: StaffItemRow) => Pick<NewVerification, 'type' | 'rules' | 'metadata'>;
}

/** The list of what a tenant asks of one kind, and the upload of one of them. */
function itemRoutes<Item extends z.ZodObject>(told: ItemRoutes<Item>): Route[] {
  const { kind, path, param, accepts, view } = told;
  const category = kind.toLowerCase();
  const list = defineRoute({
    method: 'GET',
    path,
    summary: told.summary.list,
    description: 'The required ones first.',
    roles,
    idempotency: 'none',
    response: { 200: allItemsSchema(told.item) },
    handler: async ({ actor, db }) => ({
      status: 200,
      body: allItems((await listStaffItems(db, ownStaff(actor), kind)).map(view)),
    }),
  });
  const upload = defineRoute({
    ...takingFile,
    path: `${path}/:${param}/upload`,
    summary: told.summary.upload,
    params: z.strictObject({ [param]: z.uuid() }),
    body: formOf(itemFields),
    response: { 202: told.item },
    async handler(request) {
      const own = ownStaff(request.actor);
      const itemId = request.params[param] as string;
      // Looked at before the bytes are taken in.
      const item = await getStaffItem(request.db, own, kind, itemId);
      if (!item) throw new Fault('not_found', 'Nothing like this is asked for.', { reason: 'ITEM_NOT_FOUND' });
      return takeFileOnce(request, { category, accepts, fields: itemFields }, async (tx, { id: fileId }, note) => {
        const { metadata, ...demanded } = told.verification(item);
        const asked = { ...demanded, subjectType: category, subjectId: itemId, fileId };
        const verificationId = await verify(tx, request, { ...asked, metadata: { ...metadata, ...note } });
        await putStaffItem(tx, own, { itemId, fileId, verificationId, metadata: note });
        const row = (await getStaffItem(tx, own, kind, itemId)) as StaffItemRow;
        return accepted(view(row), verificationId);
      });
    },
  });
  return [list, upload];
}

const documentRoutes = itemRoutes({
  kind: 'DOCUMENT',
  path: '/staff/profile/documents',
  param: 'documentId',
  summary: { list: 'The documents that they are to bring', upload: 'Send a document' },
  item: documentSchema,
  view: viewDocument,
  accepts: paperTypes,
  verification: ({ code }) => ({ type: 'government_id', rules: {}, metadata: { documentType: code.toLowerCase() } }),
});

const attireRoutes = itemRoutes({
  kind: 'ATTIRE',
  path: '/staff/profile/attire',
  param: 'itemId',
  summary: { list: 'The attire that they are to have', upload: 'Send a photo of a piece of attire' },
  item: attireSchema,
  view: viewAttire,
  accepts: photoTypes,
  verification: ({ name, description }) => ({ type: 'attire', rules: { name, description }, metadata: {} }),
});

const photo = defineRoute({
  ...takingFile,
  path: '/staff/profile/photo',
  summary: 'Send a photo of themselves',
  description: `${takingFile.description} It is shown to others and verified by nobody, so that it is there at once.`,
  body: formOf(z.strictObject({})),
  response: { 202: photoSchema },
  handler: request =>
    takeFileOnce(
      request,
      { category: 'photo', accepts: photoTypes, fields: z.strictObject({}) },
      async (tx, { id: photoFileId, createdAt: uploadedAt, ...file }) => {
        await updateStaffProfile(tx, ownStaff(request.actor), { photoFileId });
        return { status: 202, body: viewPhoto({ ...file, uploadedAt }) };
      },
    ),
});

const certificates = '/staff/profile/certificates';

const readCertificates = defineRoute({
  method: 'GET',
  path: certificates,
  summary: 'Their certificates',
  description: 'Newest first.',
  roles,
  idempotency: 'none',
  response: { 200: allItemsSchema(certificateSchema) },
  handler: async ({ actor, db }) => ({
    status: 200,
    body: allItems((await listCertificates(db, ownStaff(actor))).map(viewCertificate)),
  }),
});

const sendCertificate = defineRoute({
  ...takingFile,
  path: certificates,
  summary: 'Send a certificate',
  description: `${takingFile.description} One of the same type takes the place of the one before.`,
  body: formOf(certificateFields),
  response: { 202: certificateSchema },
  handler: request =>
    takeFileOnce(
      request,
      { category: 'certificate', accepts: paperTypes, fields: certificateFields },
      async (tx, file, fields) => {
        const { certificateNumber: number, issuedOn = null, expiresOn = null, ...named } = fields;
        const { certificateType, issuer } = named;
        const verificationId = await verify(tx, request, {
          type: 'certification',
          subjectType: 'certificate',
          subjectId: certificateType,
          fileId: file.id,
          // What they left empty is not asked of the paper.
          rules: { certificateType, ...(issuer && { issuer }), ...(number && { documentNumber: number }) },
          metadata: fields,
        });
        const paper = { ...named, number, issuedOn, expiresOn, fileId: file.id, verificationId };
        const row = await putCertificate(tx, ownStaff(request.actor), paper);
        if (!row)
          throw new Fault('conflict', `You have ${maxCertificates} certificates, as many as one may have.`, {
            reason: 'TOO_MANY_CERTIFICATES',
          });
        return accepted(viewCertificate(row), verificationId);
      },
    ),
});

const removeCertificate = defineRoute({
  method: 'DELETE',
  path: `${certificates}/:certificateType`,
  summary: 'Take a certificate away',
  roles,
  idempotency: 'required',
  params: z.strictObject({ certificateType: certificateTypeSchema }),
  response: { 200: z.strictObject({ certificateType: z.string(), deleted: z.literal(true) }) },
  async handler({ actor, db, params: { certificateType } }) {
    if (!(await deleteCertificate(db, ownStaff(actor), certificateType)))
      throw new Fault('not_found', 'You have no certificate of this type.', { reason: 'CERTIFICATE_NOT_FOUND' });
    return { status: 200, body: { certificateType, deleted: true } };
  },
});

/** Has a file of the caller's looked at. Answers the verification's id. */
async function verify(
  tx: Transaction,
  { actor, requestId, traceparent: trace }: Pick<RouteRequest, 'actor' | 'requestId' | 'traceparent'>,
  asked: Omit<NewVerification, 'tenantId' | 'userId'>,
): Promise<string> {
  const { id: userId, tenant: tenantId } = workforceActor(actor);
  const { id } = await createVerification(tx, { ...asked, tenantId, userId }, { requestId, trace });
  return id;
}

function accepted(body: object, verificationId: string): Reply {
  return { status: 202, headers: { location: `/verifications/${verificationId}` }, body };
}

export const staffPaperRoutes: readonly Route[] = [
  photo,
  ...documentRoutes,
  ...attireRoutes,
  readCertificates,
  sendCertificate,
  removeCertificate,
];
