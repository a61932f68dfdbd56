import type { Config } from '../../shared/config.ts';

/** Who issues the invoices, as they print it. */
export interface Issuer {
  name: string;
  addressLines: string[];
  taxId: string;
  email: string;
}

/** What an installation has decided about its sales. */
export interface OrderRules {
  /** The platform's share, 0.1 for a tenth. */
  feeRate: number;
  /** False: transfers are tried once; only operators retry. */
  retryEnabled: boolean;
  issuer: Issuer;
}

/** Of a change of an order: on whose request its jobs are made. */
export interface OrderCause {
  requestId: string;
  trace?: string | null;
}

export type OrderRulesConfig = Pick<
  Config,
  'platformFeeRate' | 'transferRetryEnabled' | 'issuerName' | 'issuerAddress' | 'issuerTaxId' | 'issuerEmail'
>;

export function orderRulesOf(config: OrderRulesConfig): OrderRules {
  return {
    feeRate: config.platformFeeRate,
    retryEnabled: config.transferRetryEnabled,
    issuer: {
      name: config.issuerName,
      addressLines: config.issuerAddress,
      taxId: config.issuerTaxId,
      email: config.issuerEmail,
    },
  };
}
