// Short names for the types of the API. Everything goes through schema.ts, which is generated from the route table.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AccountSummary = Schemas["AccountSummary"];
export type AccountUser = Schemas["AccountUser"];
export type AuthorizationState = Schemas["AuthorizationState"];
export type CatalogEntitlement = Schemas["CatalogEntitlement"];
export type CatalogProduct = Schemas["CatalogProduct"];
export type CommerceAccess = Schemas["CommerceAccess"];
export type ComplianceStatus = Schemas["ComplianceStatus"];
export type Device = Schemas["Device"];
export type DeviceDetail = Schemas["DeviceDetail"];
export type ImportJob = Schemas["ImportJob"];
export type LicensePosition = Schemas["LicensePosition"];
export type LicensePositionDetail = Schemas["LicensePositionDetail"];
export type LicenseType = Schemas["LicenseType"];
export type Loan = Schemas["Loan"];
export type LogEvent = Schemas["Event"];
export type Lot = Schemas["Lot"];
export type Me = Schemas["Me"];
export type NewRegistrationToken = Schemas["NewRegistrationToken"];
export type NewRoleGrant = Schemas["NewRoleGrant"];
export type NewSmartAccount = Schemas["NewSmartAccount"];
export type NewVirtualAccount = Schemas["NewVirtualAccount"];
export type OverviewTotals = Schemas["OverviewTotals"];
export type ProblemBody = Schemas["Problem"];
export type RegistrationToken = Schemas["RegistrationToken"];
export type Role = Schemas["Role"];
export type RoleGrant = Schemas["RoleGrant"];
export type Total = Schemas["Total"];
export type VirtualAccount = Schemas["VirtualAccount"];
export type VirtualAccountChange = Schemas["VirtualAccountChange"];
export type VirtualAccountOverview = Schemas["VirtualAccountOverview"];
export type VirtualAccountOverviewList = Schemas["VirtualAccountOverviewList"];

// One page of any list.
export interface Page<T> {
  items: T[];
  next_cursor?: string;
  total?: Total;
}

export type Language = "ja" | "en";
