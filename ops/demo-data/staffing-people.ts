import type { DemoFile } from './demo-file.ts';
import { makePassword } from './people.ts';

/** Somebody of the staffing demo: clients and reviewers sign in with a password, staff with a phone. */
export interface StaffingPerson {
  displayName: string;
  /** Where they get mail. */
  email: string;
  password: string | null;
  /** E.164. */
  phone: string | null;
}

export interface StaffingPeople {
  owner: StaffingPerson;
  manager: StaffingPerson;
  reviewer: StaffingPerson;
  staff: StaffingPerson[];
}

/** What every demo phone is sent. */
export const demoCode = '123456';
/** So many of the staff are in the demo file. */
const listedStaff = 8;

/** As people write their names. The first ones send in papers, which are in the letters that documents have. */
const staffNames = [
  'Maria José López',
  'Dwayne Carter',
  'Siobhan Murphy',
  'Zoë van den Berg',
  'François Lefèvre',
  'Jürgen Groß',
  'Łukasz Wójcik',
  'Chloé N’Diaye',
  'Олена Шевченко',
  'Дмитрий Соколов',
  'Иван Петров',
  'Ελένη Παπαδοπούλου',
  'Γιώργος Νικολάου',
  '王芳',
  '李明',
  '陳美玲',
  '佐藤さくら',
  '鈴木健太',
  '김민준',
  '이서연',
  'محمد الحسن',
  'فاطمة الزهراء',
  'دانیال رضایی',
  'דניאל כהן',
  'נועה לוי',
  'अनन्या शर्मा',
  'रोहन पटेल',
  'প্রিয়া সেন',
  'கார்த்திக் ராஜன்',
  'สมชาย ใจดี',
  'Nguyễn Thị Hương',
  'Trần Văn Đức',
  'ნინო ბერიძე',
  'Արամ Հակոբյան',
  'አበበ ቢቂላ',
  'Ayşe Yılmaz',
  'Þórdís Jónsdóttir',
  'Bjørn Ødegård',
  'Ștefan Ionescu',
  'Žaneta Dvořáková',
  'Ana Beatriz da Conceição',
  'Kwame Mensah',
  'Chinedu Okafor',
  'Leilani Kealoha',
  'Mateo Fernández-Ruiz',
  'Priscilla Adeyemi',
  'Tomás Ó Súilleabháin',
  'Grace Kim',
  'Jean-Baptiste Moreau',
  'Sofía Ibáñez',
];

/** The accounts of the demo file: those that it has already, or new ones. */
export function staffingLogins(known: DemoFile['workforce'] | undefined): DemoFile['workforce'] {
  if (known) return known;
  const login = (name: string) => ({ email: `${name}@millrace.example`, password: makePassword() });
  return {
    client: login('client'),
    manager: login('manager'),
    reviewer: login('reviewer'),
    staff: Array.from({ length: listedStaff }, (_, index) => ({
      phoneNumber: phoneOf(index),
      code: demoCode,
      token: '',
    })),
  };
}

/** Everybody of the demo, with the demo file's passwords. */
export function staffingPeople({ client, manager, reviewer }: DemoFile['workforce']): StaffingPeople {
  return {
    owner: { displayName: 'Carla Client', phone: null, ...client },
    manager: { displayName: 'Marc Manager', phone: null, ...manager },
    reviewer: { displayName: 'Rita Reviewer', phone: null, ...reviewer },
    staff: staffNames.map((displayName, index) => ({
      displayName,
      email: `staff-${index + 1}@millrace.example`,
      password: null,
      phone: phoneOf(index),
    })),
  };
}

/** Numbers that are nobody's. */
function phoneOf(index: number): string {
  return `+1202555${String(100 + index).padStart(4, '0')}`;
}
