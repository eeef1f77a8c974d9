/** The types of the API, one entry per route. */

export interface paths {
    "/api/v1/sign_in/start": {
        get?: never;
        put?: never;
        post: operations["sign_in_start"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign_in": {
        get?: never;
        put?: never;
        post: operations["sign_in"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sign_out": {
        get?: never;
        put?: never;
        post: operations["sign_out"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: operations["change_me"];
        trace?: never;
    };
    "/api/v1/one_time_links/{token}": {
        get: operations["get_one_time_link"];
        put?: never;
        post: operations["use_one_time_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts": {
        get: operations["list_smart_accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}": {
        get: operations["get_smart_account"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts": {
        get: operations["list_virtual_accounts"];
        put?: never;
        post: operations["create_virtual_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}": {
        get: operations["get_virtual_account"];
        put?: never;
        post?: never;
        delete: operations["delete_virtual_account"];
        options?: never;
        head?: never;
        patch: operations["change_virtual_account"];
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/users": {
        get: operations["list_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/role_grants": {
        get?: never;
        put?: never;
        post: operations["grant_role"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/role_grants/{role_grant_id}": {
        get?: never;
        put?: never;
        post?: never;
        delete: operations["revoke_role"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/overview": {
        get: operations["list_overview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/licenses": {
        get: operations["list_licenses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/licenses/{entitlement_id}": {
        get: operations["get_license"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tokens": {
        get: operations["list_tokens"];
        put?: never;
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tokens/{registration_token_id}/text": {
        get: operations["get_token_text"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/tokens/{registration_token_id}/revoke": {
        get?: never;
        put?: never;
        post: operations["revoke_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/devices": {
        get: operations["list_devices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/devices/{device_id}": {
        get: operations["get_device"];
        put?: never;
        post?: never;
        delete: operations["remove_device"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts/{virtual_account_id}/events": {
        get: operations["list_virtual_account_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/smart_accounts/{smart_account_id}/events": {
        get: operations["list_account_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/catalog/summary": {
        get: operations["get_catalog_summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/catalog/entitlements": {
        get: operations["list_catalog_entitlements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/catalog/products": {
        get: operations["list_catalog_products"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/smart_accounts": {
        get: operations["list_operator_smart_accounts"];
        put?: never;
        post: operations["create_smart_account"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operator/jobs": {
        get: operations["list_import_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        Role: "sa_admin" | "sa_user" | "sa_approver" | "sa_viewer" | "va_admin" | "va_user" | "va_viewer";
        OperatorRole: "operator_admin" | "operator_catalog" | "operator_support";
        CommerceAccess: "PUBLIC" | "PRIVATE";
        ComplianceStatus: "in_compliance" | "out_of_compliance";
        LicenseType: "PERPETUAL" | "TERM" | "DEMO";
        AuthorizationState: "authorized" | "out_of_compliance" | "authorization_expired" | "none";
        EventData: { [key: string]: string | number };
        FieldError: {
            path: string;
            code: string;
            detail: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail?: string;
            fields?: components["schemas"]["FieldError"][];
            request_id?: string;
            retry_after_s?: number;
        };
        Empty: {
            [key: string]: never;
        };
        Total: {
            value: number;
            capped: boolean;
        };
        Person: {
            id: string;
            mail: string;
            given_name: string;
            family_name: string;
            native_name?: string;
            language: "ja" | "en";
        };
        Session: {
            created_at: string;
            expires_at: string;
        };
        AccountSummary: {
            smart_account_id: string;
            number: number;
            name: string;
            domain: string;
            type: "CUSTOMER" | "HOLDING";
            status: string;
            roles: components["schemas"]["Role"][];
            abilities: string[];
        };
        SmartAccount: {
            smart_account_id: string;
            number: number;
            name: string;
            domain: string;
            type: "CUSTOMER" | "HOLDING";
            status: string;
            roles: components["schemas"]["Role"][];
            abilities: string[];
            created_at: string;
            virtual_account_count: number;
            device_count: number;
        };
        Me: {
            person: components["schemas"]["Person"];
            accounts: components["schemas"]["AccountSummary"][];
            operator_roles: components["schemas"]["OperatorRole"][];
            session: components["schemas"]["Session"];
        };
        SignInStarted: {
            step: "password";
        };
        SignedIn: {
            person: components["schemas"]["Person"];
        };
        OneTimeLink: {
            purpose: "set_password";
            mail: string;
        };
        VirtualAccount: {
            virtual_account_id: string;
            number: number;
            parent_id?: string;
            path_names: string[];
            depth: number;
            name: string;
            description: string;
            is_default: boolean;
            commerce_access: components["schemas"]["CommerceAccess"];
            child_count: number;
            created_at: string;
            version: number;
            abilities: string[];
        };
        NewVirtualAccount: {
            parent_id?: string;
            name: string;
            description: string;
            commerce_access: components["schemas"]["CommerceAccess"];
        };
        VirtualAccountChange: {
            name?: string;
            description?: string;
            commerce_access?: components["schemas"]["CommerceAccess"];
        };
        RoleGrant: {
            role_grant_id: string;
            role: components["schemas"]["Role"];
            virtual_account_id?: string;
            ends_at?: string;
        };
        AccountUser: {
            person_id: string;
            mail: string;
            given_name: string;
            family_name: string;
            grants: components["schemas"]["RoleGrant"][];
        };
        NewRoleGrant: {
            mail: string;
            role: components["schemas"]["Role"];
            virtual_account_id?: string;
            ends_at?: string;
        };
        VirtualAccountOverview: {
            virtual_account_id: string;
            name: string;
            path_names: string[];
            depth: number;
            owned: number;
            in_use: number;
            borrowed: number;
            short: number;
            surplus: number;
            expiring: number;
            entitlement_count: number;
            short_entitlement_count: number;
            device_count: number;
            silent_device_count: number;
            status: components["schemas"]["ComplianceStatus"];
        };
        OverviewTotals: {
            owned: number;
            in_use: number;
            borrowed: number;
            short: number;
            surplus: number;
            expiring: number;
            device_count: number;
            silent_device_count: number;
            out_of_compliance_count: number;
        };
        LicensePosition: {
            entitlement_id: string;
            code: string;
            tag: string;
            name_en: string;
            name_ja: string;
            family_code: string;
            enforced: boolean;
            export_controlled: boolean;
            owned: number;
            in_use: number;
            reserved: number;
            borrowed: number;
            lent: number;
            balance: number;
            short: number;
            next_end_at?: string;
            expiring: number;
            license_types: components["schemas"]["LicenseType"][];
            status: components["schemas"]["ComplianceStatus"];
        };
        Lot: {
            lot_id: string;
            license_type: components["schemas"]["LicenseType"];
            quantity: number;
            starts_at: string;
            ends_at?: string;
            subscription?: string;
            source_kind: string;
            source_reference: string;
            status: "ACTIVE" | "FUTURE" | "ENDED";
        };
        Loan: {
            borrower_code: string;
            borrower_name_en: string;
            borrower_name_ja: string;
            lender_code: string;
            lender_name_en: string;
            lender_name_ja: string;
            quantity: number;
        };
        PositionDevice: {
            device_id: string;
            display_name: string;
            product_name_en: string;
            product_name_ja: string;
            quantity: number;
        };
        LicensePositionDetail: {
            position: components["schemas"]["LicensePosition"];
            lots: components["schemas"]["Lot"][];
            loans: components["schemas"]["Loan"][];
            devices: components["schemas"]["PositionDevice"][];
            device_count: number;
        };
        RegistrationToken: {
            registration_token_id: string;
            description: string;
            max_uses?: number;
            uses: number;
            expires_at: string;
            export_controlled_allowed: boolean;
            created_by_name: string;
            created_at: string;
            revoked_at?: string;
            status: "active" | "expired" | "used_up" | "revoked";
            abilities: string[];
        };
        NewRegistrationToken: {
            description: string;
            expires_in_days: number;
            max_uses?: number;
            export_controlled_allowed: boolean;
        };
        CreatedRegistrationToken: {
            token: components["schemas"]["RegistrationToken"];
            text: string;
        };
        RegistrationTokenText: {
            text: string;
        };
        Udi: {
            product_id: string;
            serial_number: string;
            version_id?: string;
            uuid?: string;
            suvi?: string;
            host_identifier?: string;
            mac_address?: string;
        };
        Device: {
            device_id: string;
            display_name: string;
            product_code: string;
            product_name_en: string;
            product_name_ja: string;
            udi: components["schemas"]["Udi"];
            status: "registered" | "removed";
            authorization_state: components["schemas"]["AuthorizationState"];
            registered_at: string;
            last_contact_at: string;
            identity_expires_at: string;
            entitlement_count: number;
            silent: boolean;
            alerts: string[];
            abilities: string[];
        };
        CoveredBy: {
            code: string;
            quantity: number;
        };
        DeviceUse: {
            entitlement_id: string;
            code: string;
            name_en: string;
            name_ja: string;
            quantity: number;
            status: components["schemas"]["ComplianceStatus"];
            covered_by: components["schemas"]["CoveredBy"][];
        };
        DeviceDetail: {
            device_id: string;
            display_name: string;
            product_code: string;
            product_name_en: string;
            product_name_ja: string;
            udi: components["schemas"]["Udi"];
            status: "registered" | "removed";
            authorization_state: components["schemas"]["AuthorizationState"];
            registered_at: string;
            last_contact_at: string;
            identity_expires_at: string;
            entitlement_count: number;
            silent: boolean;
            alerts: string[];
            abilities: string[];
            uses: components["schemas"]["DeviceUse"][];
            host_name?: string;
            software_version?: string;
            agent_version?: string;
        };
        EventActor: {
            kind: "person" | "device" | "operator" | "job" | "command";
            id?: string;
            name?: string;
        };
        EventSubject: {
            kind: string;
            id: string;
            name?: string;
        };
        Event: {
            event_id: string;
            at: string;
            kind: string;
            actor: components["schemas"]["EventActor"];
            virtual_account_id?: string;
            subject: components["schemas"]["EventSubject"];
            data: components["schemas"]["EventData"];
        };
        CatalogSummary: {
            version: number;
            effective_at: string;
            families: number;
            products: number;
            entitlements: number;
        };
        CatalogEntitlement: {
            entitlement_id: string;
            code: string;
            tag: string;
            name_en: string;
            name_ja: string;
            family_code: string;
            enforced: boolean;
            export_controlled: boolean;
        };
        CatalogProduct: {
            product_id: string;
            code: string;
            name_en: string;
            name_ja: string;
            family_code: string;
        };
        NewSmartAccount: {
            name: string;
            domain: string;
            administrator: components["schemas"]["NewAdministrator"];
        };
        NewAdministrator: {
            mail: string;
            given_name: string;
            family_name: string;
            language: "ja" | "en";
        };
        CreatedSmartAccount: {
            smart_account: components["schemas"]["AccountSummary"];
            one_time_link?: string;
        };
        ImportProblem: {
            line?: number;
            code: string;
            detail: string;
        };
        ImportJob: {
            job_id: string;
            kind: string;
            status: "running" | "done" | "failed";
            total: number;
            done: number;
            created_at: string;
            finished_at?: string;
            problems: components["schemas"]["ImportProblem"][];
        };
        AccountSummaryList: {
            items: components["schemas"]["AccountSummary"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        VirtualAccountList: {
            items: components["schemas"]["VirtualAccount"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        AccountUserList: {
            items: components["schemas"]["AccountUser"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        LicensePositionList: {
            items: components["schemas"]["LicensePosition"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        RegistrationTokenList: {
            items: components["schemas"]["RegistrationToken"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        DeviceList: {
            items: components["schemas"]["Device"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        EventList: {
            items: components["schemas"]["Event"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        CatalogEntitlementList: {
            items: components["schemas"]["CatalogEntitlement"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        CatalogProductList: {
            items: components["schemas"]["CatalogProduct"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        ImportJobList: {
            items: components["schemas"]["ImportJob"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
        };
        VirtualAccountOverviewList: {
            items: components["schemas"]["VirtualAccountOverview"][];
            next_cursor?: string;
            total?: components["schemas"]["Total"];
            totals: components["schemas"]["OverviewTotals"];
        };
    };
}
export interface operations {
    sign_in_start: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path?: never;
            cookie?: never;
        };
        requestBody: { content: { "application/json": { mail: string } } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["SignInStarted"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path?: never;
            cookie?: never;
        };
        requestBody: { content: { "application/json": { mail: string; password: string } } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["SignedIn"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path?: never;
            cookie?: never;
        };
        requestBody: { content: { "application/json": components["schemas"]["Empty"] } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Empty"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Me"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    change_me: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string;};
            path?: never;
            cookie?: never;
        };
        requestBody: { content: { "application/json": { language: "ja" | "en" } } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Me"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_one_time_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {token: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["OneTimeLink"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    use_one_time_link: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path: {token: string;};
            cookie?: never;
        };
        requestBody: { content: { "application/json": { password: string } } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Empty"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_smart_accounts: {
        parameters: {
            query?: {cursor?: string; limit?: number; search?: string;};
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["AccountSummaryList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_smart_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {smart_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["SmartAccount"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_virtual_accounts: {
        parameters: {
            query?: {cursor?: string; limit?: number; parent?: string; search?: string;};
            header?: never;
            path: {smart_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["VirtualAccountList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    create_virtual_account: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path: {smart_account_id: string;};
            cookie?: never;
        };
        requestBody: { content: { "application/json": components["schemas"]["NewVirtualAccount"] } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["VirtualAccount"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_virtual_account: {
        parameters: {
            query?: never;
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["VirtualAccount"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    change_virtual_account: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "If-Match"?: string;};
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody: { content: { "application/json": components["schemas"]["VirtualAccountChange"] } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["VirtualAccount"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    delete_virtual_account: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "If-Match"?: string;};
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Empty"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_users: {
        parameters: {
            query?: {cursor?: string; limit?: number;};
            header?: never;
            path: {smart_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["AccountUserList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    grant_role: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path: {smart_account_id: string;};
            cookie?: never;
        };
        requestBody: { content: { "application/json": components["schemas"]["NewRoleGrant"] } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RoleGrant"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    revoke_role: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string;};
            path: {smart_account_id: string; role_grant_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Empty"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_overview: {
        parameters: {
            query?: {cursor?: string; limit?: number; search?: string; status?: string;};
            header?: never;
            path: {smart_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["VirtualAccountOverviewList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_licenses: {
        parameters: {
            query?: {cursor?: string; limit?: number; search?: string; status?: string; sort?: string;};
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["LicensePositionList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_license: {
        parameters: {
            query?: never;
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string; entitlement_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["LicensePositionDetail"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_tokens: {
        parameters: {
            query?: {cursor?: string; limit?: number;};
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RegistrationTokenList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody: { content: { "application/json": components["schemas"]["NewRegistrationToken"] } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["CreatedRegistrationToken"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_token_text: {
        parameters: {
            query?: never;
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string; registration_token_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RegistrationTokenText"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    revoke_token: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path: {smart_account_id: string; virtual_account_id: string; registration_token_id: string;};
            cookie?: never;
        };
        requestBody: { content: { "application/json": components["schemas"]["Empty"] } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["RegistrationToken"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_devices: {
        parameters: {
            query?: {cursor?: string; limit?: number; search?: string; status?: string; sort?: string;};
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["DeviceList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_device: {
        parameters: {
            query?: never;
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string; device_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["DeviceDetail"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    remove_device: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string;};
            path: {smart_account_id: string; virtual_account_id: string; device_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["Empty"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_virtual_account_events: {
        parameters: {
            query?: {cursor?: string; limit?: number; kind?: string;};
            header?: never;
            path: {smart_account_id: string; virtual_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["EventList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_account_events: {
        parameters: {
            query?: {cursor?: string; limit?: number; kind?: string;};
            header?: never;
            path: {smart_account_id: string;};
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["EventList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    get_catalog_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["CatalogSummary"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_catalog_entitlements: {
        parameters: {
            query?: {cursor?: string; limit?: number; search?: string;};
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["CatalogEntitlementList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_catalog_products: {
        parameters: {
            query?: {cursor?: string; limit?: number; search?: string;};
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["CatalogProductList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_operator_smart_accounts: {
        parameters: {
            query?: {cursor?: string; limit?: number; search?: string;};
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["AccountSummaryList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    create_smart_account: {
        parameters: {
            query?: never;
            header?: {"Menkyo-Request"?: string; "Idempotency-Key"?: string;};
            path?: never;
            cookie?: never;
        };
        requestBody: { content: { "application/json": components["schemas"]["NewSmartAccount"] } };
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["CreatedSmartAccount"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
    list_import_jobs: {
        parameters: {
            query?: {cursor?: string; limit?: number;};
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: { headers: { [name: string]: unknown }; content: { "application/json": components["schemas"]["ImportJobList"] } };
            default: { headers: { [name: string]: unknown }; content: { "application/problem+json": components["schemas"]["Problem"] } };
        };
    };
}
