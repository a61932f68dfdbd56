import { z } from 'zod';
import { getGear } from '../../../db/marketplace/gear.ts';
import {
  deleteGearDocument,
  getGearDocument,
  insertGearDocument,
  listGearDocuments,
  maxDocumentsPerGear,
} from '../../../db/marketplace/gear-documents.ts';
import { Fault } from '../../../shared/fault.ts';
import { newFileKey } from '../../../shared/file-key.ts';
import { answerContent, contentResponses } from '../../content.ts';
import { defineRoute, type Route } from '../../route.ts';
import { uploadOnce } from '../../upload-once.ts';
import {
  gearDocumentFieldsSchema,
  gearDocumentFormSchema,
  gearDocumentSchema,
  viewGearDocument,
} from '../gear-document-view.ts';
import { pageQuery } from '../page-query.ts';

const users = ['marketplace:user'] as const;
const path = '/api/v1/inventory/gear/:id/documents';
const params = z.object({ id: z.uuid() });
const documentParams = params.extend({ docId: z.uuid() });

const add = defineRoute({
  method: 'POST',
  path,
  summary: 'Upload a document of a piece of gear',
  description: `At most ${maxDocumentsPerGear} for each piece.`,
  roles: users,
  idempotency: 'honoured',
  // The upload sees to its key itself: whether it is a repeat is known once it has all come.
  idempotencyRecord: 'job',
  params,
  body: gearDocumentFormSchema,
  bodyKind: 'stream',
  response: { 201: gearDocumentSchema },
  async handler(request) {
    const gear = { ownerId: request.actor!.id, id: request.params.id };
    // Looked at before the file is taken in, and again, under its lock, when it is there.
    if (!(await getGear(request.db, gear))) throw noSuchGear();
    const form = {
      key: newFileKey('gear'),
      maxBytes: request.edge.config.maxUploadBytes,
      fields: gearDocumentFieldsSchema,
    };
    return uploadOnce(request, form, async (tx, upload) => {
      const { filename, contentType: mimeType, sizeBytes, sha256, key: storageKey, fields } = upload;
      const file = { type: fields.type, filename, mimeType, sizeBytes, sha256, storageKey };
      const document = await insertGearDocument(tx, gear, file);
      if (document === 'no_gear') throw noSuchGear();
      if (document === 'full')
        throw new Fault('conflict', `This gear has ${maxDocumentsPerGear} documents, as many as it may have.`, {
          reason: 'too_many_documents',
        });
      return { status: 201, body: viewGearDocument(document) };
    });
  },
});

const list = defineRoute({
  method: 'GET',
  path,
  summary: 'The documents of a piece of gear',
  description: 'Newest first.',
  roles: users,
  idempotency: 'none',
  params,
  query: z.object(pageQuery),
  response: { 200: z.strictObject({ documents: z.array(gearDocumentSchema), total: z.int() }) },
  async handler({ actor, db, params: { id }, query }) {
    const gear = { ownerId: actor!.id, id };
    if (!(await getGear(db, gear))) throw noSuchGear();
    const { documents, total } = await listGearDocuments(db, gear, query);
    return { status: 200, body: { documents: documents.map(viewGearDocument), total } };
  },
});

const download = defineRoute({
  method: 'GET',
  path: `${path}/:docId/content`,
  summary: 'The file of a document',
  roles: users,
  idempotency: 'none',
  params: documentParams,
  response: contentResponses,
  async handler({ actor, db, edge, headers, params: { id, docId } }) {
    const document = await getGearDocument(db, { ownerId: actor!.id, id }, docId);
    if (!document) throw noSuchDocument();
    const { storageKey: key, sizeBytes, sha256, filename, mimeType: contentType } = document;
    const content = { key, sizeBytes, sha256, filename, contentType, disposition: 'inline' } as const;
    return answerContent({ headers }, edge.ports.files, content);
  },
});

const remove = defineRoute({
  method: 'DELETE',
  path: `${path}/:docId`,
  summary: 'Delete a document',
  roles: users,
  idempotency: 'honoured',
  params: documentParams,
  response: { 200: z.strictObject({ message: z.string() }) },
  async handler({ actor, db, params: { id, docId } }) {
    if (!(await deleteGearDocument(db, { ownerId: actor!.id, id }, docId))) throw noSuchDocument();
    return { status: 200, body: { message: 'Document deleted' } };
  },
});

function noSuchGear(): Fault {
  return new Fault('not_found', 'There is no such gear.');
}

function noSuchDocument(): Fault {
  return new Fault('not_found', 'There is no such document.');
}

export const gearDocumentRoutes: readonly Route[] = [add, list, download, remove];
