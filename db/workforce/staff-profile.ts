import { uuidV7 } from '../../shared/uuid.ts';
import type { Connection, Transaction } from '../connect.ts';
import { sql } from '../sql.ts';
import type { FileVisibility } from './files.ts';

/** A worker of a tenant: whatever is asked about any other is not there. */
export interface OwnStaff {
  tenantId: string;
  staffId: string;
}

export interface StaffProfileRow {
  id: string;
  fullName: string;
  phone: string | null;
  email: string | null;
  /** yyyy-mm-dd */
  dateOfBirth: string | null;
  address: string;
  preferredLocations: string[];
  industries: string[];
  skills: string[];
  privacy: Record<string, unknown>;
  /** Of the photo's file, as its visibility; null without one. */
  photoKey: string | null;
  photoVisibility: FileVisibility | null;
}

export interface NewStaff
  extends Pick<StaffProfileRow, 'fullName' | 'phone' | 'email' | 'preferredLocations' | 'industries' | 'skills'> {
  tenantId: string;
  userId: string;
}

/** What is left out stays as it was; `privacy` is changed key by key. */
export type StaffChanges = {
  [Name in Exclude<keyof StaffProfileRow, 'id' | 'photoKey' | 'photoVisibility'>]?: StaffProfileRow[Name] | undefined;
} & { photoFileId?: string };

/** Whether each part of a profile is there. */
export type ProfileSections = Record<
  | 'photo'
  | 'personalInfo'
  | 'locations'
  | 'industries'
  | 'skills'
  | 'emergencyContacts'
  | 'documents'
  | 'attire'
  | 'certificates'
  | 'taxForms'
  | 'bankAccounts',
  boolean
>;

export interface EmergencyContactRow {
  id: string;
  fullName: string;
  phone: string;
  relationship: string;
  createdAt: Date;
}

export interface BenefitRow {
  id: string;
  code: string;
  title: string;
  entitledHours: number;
  usedHours: number;
}

export const maxEmergencyContacts = 10;

const setUpSql = sql('workforce/staff/set-up');
const getSql = sql('workforce/staff/get');
const updateSql = sql('workforce/staff/update');
const lockSql = sql('workforce/staff/lock');
const sectionsSql = sql('workforce/staff/sections');
const insertContactSql = sql('workforce/emergency-contacts/insert');
const listContactsSql = sql('workforce/emergency-contacts/list');
const listBenefitsSql = sql('workforce/benefits/list');

/** Makes a member's profile. Done again, it says anew what it said; the rest of the profile stays. */
export async function setUpStaff(db: Connection, staff: NewStaff): Promise<StaffProfileRow> {
  const { id: staffId } = await db.one<{ id: string }>(setUpSql({ ...staff, id: uuidV7() }));
  return getStaffProfile(db, { tenantId: staff.tenantId, staffId });
}

export function getStaffProfile(db: Connection, own: OwnStaff): Promise<StaffProfileRow> {
  return db.one<StaffProfileRow>(getSql({ ...own }));
}

export async function updateStaffProfile(
  db: Connection,
  own: OwnStaff,
  changes: StaffChanges,
): Promise<StaffProfileRow> {
  const { fullName = null, phone = null, email = null, dateOfBirth = null, address = null } = changes;
  const { preferredLocations = null, industries = null, skills = null, photoFileId = null } = changes;
  const privacy = changes.privacy === undefined ? null : JSON.stringify(changes.privacy);
  const told = { fullName, phone, email, dateOfBirth, address, privacy };
  await db.one(updateSql({ ...own, ...told, preferredLocations, industries, skills, photoFileId }));
  return getStaffProfile(db, own);
}

/** Holds a profile until the transaction ends. */
export async function lockStaff(tx: Transaction, own: OwnStaff): Promise<void> {
  await tx.one(lockSql({ ...own }));
}

export function getProfileSections(db: Connection, own: OwnStaff): Promise<ProfileSections> {
  return db.one<ProfileSections>(sectionsSql({ ...own }));
}

/** Null if there are `maxEmergencyContacts` of them. */
export async function addEmergencyContact(
  tx: Transaction,
  own: OwnStaff,
  contact: Pick<EmergencyContactRow, 'fullName' | 'phone' | 'relationship'>,
): Promise<EmergencyContactRow | null> {
  await lockStaff(tx, own);
  const values = { ...own, ...contact, id: uuidV7(), maxContacts: maxEmergencyContacts };
  return tx.oneOrNone<EmergencyContactRow>(insertContactSql(values));
}

/** In the order in which they were named. */
export function listEmergencyContacts(db: Connection, own: OwnStaff): Promise<EmergencyContactRow[]> {
  return db.any<EmergencyContactRow>(listContactsSql({ ...own }));
}

export function listBenefits(db: Connection, own: OwnStaff): Promise<BenefitRow[]> {
  return db.any<BenefitRow>(listBenefitsSql({ ...own }));
}
