// Short names for the types of the API. Everything goes through schema.ts, which is generated from the route table.
import type { components, operations } from "./schema";

type Schemas = components["schemas"];
// What a call takes in its body; the description has no names for these.
type Body<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { "application/json": infer Content } };
}
  ? Content
  : never;

export type AccessDecision = Body<"decide_access_request">;
export type AccessRequestEntry = Schemas["AccessRequestEntry"];
export type AccessRequestStatus = OwnAccessRequest["status"];
export type AcceptedInvitation = Body<"accept_invitation">;
export type AccountProperties = Schemas["AccountProperties"];
export type AccountProgram = Schemas["AccountProgram"];
export type AccountRequestEntry = Schemas["AccountRequestEntry"];
export type AccountRequestStatus = OwnAccountRequest["status"];
export type AccountSite = Schemas["Site"];
export type AccountSummary = Schemas["AccountSummary"];
export type AccountUser = Schemas["AccountUser"];
export type Agreement = Schemas["Agreement"];
export type AuthorizationState = Device["authorization_state"];
export type CarriedTag = Schemas["CarriedTag"];
export type CatalogEntitlement = Schemas["CatalogEntitlement"];
export type CatalogProduct = Schemas["CatalogProduct"];
export type CommerceAccess = VirtualAccount["commerce_access"];
export type ComplianceStatus = LicensePosition["status"];
export type CustomTag = Schemas["CustomTag"];
export type CustomTagChange = Body<"change_custom_tag">;
export type Device = Schemas["Device"];
export type DeviceDetail = Schemas["DeviceDetail"];
export type Founded = Schemas["Founded"];
export type Founding = Body<"found_smart_account">;
export type Enquiry = Schemas["Enquiry"];
export type EnquiryEntry = Schemas["EnquiryEntry"];
export type EnquiryStatus = Enquiry["status"];
export type EnquirySubject = Enquiry["subject"];
export type EnquiryWithHistory = Schemas["EnquiryWithHistory"];
export type NewEnquiry = Body<"send_enquiry">;
export type NewNotificationAddress = Body<"add_notification_address">;
export type QueuedEnquiry = Schemas["QueuedEnquiry"];
export type ReceivedEnquiry = Schemas["ReceivedEnquiry"];
export type AnnouncedSuccession = Schemas["AnnouncedSuccession"];
export type NewSuccession = Body<"ask_for_succession">;
export type OwnSuccession = Schemas["OwnSuccession"];
export type QueuedSuccession = Schemas["QueuedSuccession"];
export type ReceivedSuccession = Schemas["ReceivedSuccession"];
export type SuccessionDecision = Body<"decide_succession">;
export type SuccessionStatus = OwnSuccession["status"];
export type Forecast = Schemas["Forecast"];
export type ImportJob = Schemas["ImportJob"];
export type GroupMember = Schemas["GroupMember"];
export type LicensePosition = Schemas["LicensePosition"];
export type LicensePositionDetail = Schemas["LicensePositionDetail"];
export type LicenseType = Lot["license_type"];
export type CompanyField = OwnProfile["missing"][number];
export type CompanyData = Body<"change_my_company_data">;
export type Country = Schemas["CountryEntry"];
export type ListedCompany = Schemas["ListedCompany"];
export type Loan = Schemas["Loan"];
export type LogEvent = Schemas["Event"];
export type Lot = Schemas["Lot"];
export type Mail = Schemas["Mail"];
export type MailSummary = Schemas["MailSummary"];
export type Me = Schemas["Me"];
export type NewAccessRequest = Body<"ask_for_access">;
export type NewAddress = Body<"add_my_address">;
export type MadeProgram = Schemas["MadeProgram"];
export type NewProgram = Body<"make_program">;
export type NewRegistrationToken = Body<"create_token">;
export type NewGroupGrant = Body<"grant_user_group_role">;
export type NewRoleGrant = Body<"grant_role">;
export type NewSignUp = Body<"sign_up">;
export type NewStaffRole = Body<"give_staff_role">;
export type StaffRole = Schemas["StaffRole"];
export type AssistedAccount = Schemas["AssistedAccount"];
export type FoundPerson = Schemas["FoundPerson"];
export type NewSmartAccount = Body<"create_smart_account">;
export type NewCustomTag = Body<"create_custom_tag">;
export type NewVirtualAccount = Body<"create_virtual_account">;
export type OneTimeLink = Schemas["OneTimeLink"];
export type OverviewTotals = Schemas["OverviewTotals"];
export type OwnAccessRequest = Schemas["OwnAccessRequest"];
export type OwnAccessRequestWithContacts = Schemas["OwnAccessRequestWithContacts"];
export type OwnAccountRequest = Schemas["OwnAccountRequest"];
export type OwnAddress = Schemas["OwnAddress"];
export type OwnProfile = Schemas["OwnProfile"];
export type OwnSession = Schemas["OwnSession"];
export type OwnSignIn = Schemas["OwnSignIn"];
export type PasswordPolicy = ServiceFacts["password_policy"];
export type PersonalData = Body<"change_my_personal_data">;
export type PendingMailChange = Schemas["PendingMailChange"];
export type PostalAddress = Schemas["PostalAddress"];
export type Program = Schemas["Program"];
export type ProgramSecret = Schemas["ProgramSecret"];
export type ProblemBody = Schemas["Problem"];
export type PropertiesChange = Body<"change_account_properties">;
export type ReceivedAccessRequest = Schemas["ReceivedAccessRequest"];
export type ReceivedAccountRequest = Schemas["ReceivedAccountRequest"];
export type Publication = Schemas["Publication"];
export type PublicationDraft = Body<"save_publication_draft">;
export type PublicationEdition = Schemas["Edition"];
export type PublicationKind = Publication["kind"];
export type NotificationAddress = Schemas["NotificationAddress"];
export type NotificationLink = Schemas["NotificationLink"];
export type RegistrationToken = Schemas["RegistrationToken"];
export type Role = RoleGrant["role"];
export type RoleGrant = Schemas["RoleGrant"];
export type ServiceFacts = Schemas["ServiceFacts"];
export type TagChoices = Body<"set_virtual_account_tags">;
export type Total = Schemas["CappedCount"];
export type SmartAccount = Schemas["SmartAccount"];
export type UserGroup = Schemas["UserGroup"];
export type VirtualAccount = Schemas["VirtualAccount"];
export type VirtualAccountChange = Body<"change_virtual_account">;
export type VirtualAccountOverview = Schemas["VirtualAccountOverview"];
export type VirtualAccountOverviewList = Schemas["VirtualAccountOverviewList"];

// One page of any list.
export interface Page<T> {
  items: T[];
  next_cursor?: string;
  total?: Total;
}

export type Language = "ja" | "en";
