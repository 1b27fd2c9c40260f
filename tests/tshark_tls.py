"""tshark's names for the fields of TLS; `tshark_table` tells how to read them."""

from tshark_programs import PARTS

RECORD = {
    "content_type": "tls.record.content_type tls.record.opaque_type",
    "version": "tls.record.version", "length": "tls.record.length",
}  # fmt: skip
MESSAGE = {"msg_type": "tls.handshake.type", "length": "tls.handshake.length"}
HELLO = MESSAGE | {
    "legacy_version": "tls.handshake.version", "random": "tls.handshake.random",
    "session_id_length": "tls.handshake.session_id_length",
    "session_id": "tls.handshake.session_id",
    "extensions_length": "tls.handshake.extensions_length", "extensions": PARTS,
}  # fmt: skip
EXTENSION = {
    "extension_type": "tls.handshake.extension.type", "length": "tls.handshake.extension.len",
}  # fmt: skip
KEY = {
    "group": "tls.handshake.extensions_key_share_group",
    "key_exchange_length": "tls.handshake.extensions_key_share_key_exchange_length",
    "key_exchange": "tls.handshake.extensions_key_share_key_exchange",
}  # fmt: skip
ALGORITHMS = EXTENSION | {
    "list_length": "tls.handshake.sig_hash_alg_len", "signature_algorithms": PARTS,
    "signature_algorithms.signature_algorithm": "tls.handshake.sig_hash_alg",
}  # fmt: skip

TLS: dict[str, dict[str, str]] = {
    "TLS": {"records": PARTS},
    "Handshake": RECORD | {"messages": PARTS},
    "ChangeCipherSpec": RECORD | {"type": "- shown without its value"},
    "Alert": RECORD | {"level": "tls.alert_message.level", "description": "tls.alert_message.desc"},
    "EncryptedAlert": RECORD | {"encrypted": "- shown without its value"},
    "EncryptedHandshake": RECORD | {"encrypted": "- shown without its value"},
    "ApplicationData": RECORD | {"encrypted": "tls.app_data"},
    "UnknownRecord": RECORD | {"fragment": "- not shown"},
    "HelloRequest": MESSAGE, "ServerHelloDone": MESSAGE,
    "ClientHello": HELLO | {
        "cipher_suites_length": "tls.handshake.cipher_suites_length", "cipher_suites": PARTS,
        "cipher_suites.cipher_suite": "tls.handshake.ciphersuite",
        "compression_methods_length": "tls.handshake.comp_methods_length",
        "compression_methods": PARTS,
        "compression_methods.compression_method": "tls.handshake.comp_method",
    },
    "ServerHello": HELLO | {
        "cipher_suite": "tls.handshake.ciphersuite",
        "compression_method": "tls.handshake.comp_method",
    },
    "Certificate": MESSAGE | {
        "certificates_length": "tls.handshake.certificates_length", "certificates": PARTS,
    },
    "CertificateEntry": {
        "length": "tls.handshake.certificate_length", "certificate": "tls.handshake.certificate",
    },
    "NewSessionTicket": MESSAGE | {
        "lifetime_hint": "=tls.handshake.session_ticket_lifetime_hint",
        "ticket_length": "tls.handshake.session_ticket_length",
        "ticket": "tls.handshake.session_ticket",
    },
    "UnknownMessage": MESSAGE | {"data": "- tshark knows some of these messages"},
    "ServerName": EXTENSION | {
        "list_length": "tls.handshake.extensions_server_name_list_len", "server_names": PARTS,
    },
    "HostName": {
        "name_type": "tls.handshake.extensions_server_name_type",
        "name_length": "tls.handshake.extensions_server_name_len",
        "host_name": "=tls.handshake.extensions_server_name",
    },
    "ALPN": EXTENSION | {
        "list_length": "tls.handshake.extensions_alpn_len", "protocol_names": PARTS,
    },
    "ProtocolName": {
        "length": "tls.handshake.extensions_alpn_str_len",
        "name": "=tls.handshake.extensions_alpn_str",
    },
    "SupportedGroups": EXTENSION | {
        "list_length": "tls.handshake.extensions_supported_groups_length", "named_groups": PARTS,
        "named_groups.named_group": "tls.handshake.extensions_supported_group",
    },
    "ECPointFormats": EXTENSION | {
        "list_length": "tls.handshake.extensions_ec_point_formats_length", "point_formats": PARTS,
        "point_formats.point_format": "tls.handshake.extensions_ec_point_format",
    },
    "SignatureAlgorithms": ALGORITHMS, "SignatureAlgorithmsCert": ALGORITHMS,
    "SupportedVersions": EXTENSION | {
        "list_length": "tls.handshake.extensions.supported_versions_len", "versions": PARTS,
        "versions.version": "tls.handshake.extensions.supported_version",
    },
    "SelectedVersion": EXTENSION | {
        "selected_version": "tls.handshake.extensions.supported_version",
    },
    "KeyShare": EXTENSION | {
        "list_length": "tls.handshake.extensions_key_share_client_length", "client_shares": PARTS,
    },
    "KeyShareEntry": KEY, "ServerKeyShare": EXTENSION | KEY,
    "SelectedGroup": EXTENSION | {
        "selected_group": "tls.handshake.extensions_key_share_selected_group",
    },
    "PskKeyExchangeModes": EXTENSION | {
        "list_length": "tls.extension.psk_ke_modes_length", "ke_modes": PARTS,
        "ke_modes.ke_mode": "tls.extension.psk_ke_mode",
    },
    "PreSharedKey": EXTENSION | {
        "identities_length": "tls.handshake.extensions.psk.identities.length", "identities": PARTS,
        "binders_length": "tls.handshake.extensions.psk.binders_len", "binders": PARTS,
    },
    "PskIdentity": {
        "identity_length": "tls.handshake.extensions.psk.identity.identity_length",
        "identity": "tls.handshake.extensions.psk.identity.identity",
        "obfuscated_ticket_age": "tls.handshake.extensions.psk.identity.obfuscated_ticket_age",
    },
    "PskBinder": {"length": "- shown without its value", "binder": "- shown without its value"},
    "ServerPreSharedKey": EXTENSION | {
        "selected_identity": "tls.handshake.extensions.psk.identity.selected",
    },
    "SessionTicket": EXTENSION | {"ticket": "tls.handshake.extension.data"},
    "RenegotiationInfo": EXTENSION | {
        "connection_length": "tls.handshake.extensions_reneg_info_len",
        "renegotiated_connection": "tls.handshake.extensions_reneg_info",
    },
    "StatusRequest": EXTENSION | {
        "status_type": "tls.handshake.extensions_status_request_type",
        "responder_id_list_length": "tls.handshake.extensions_status_request_responder_ids_len",
        "responder_id_list": "- not shown",
        "request_extensions_length": "tls.handshake.extensions_status_request_exts_len",
        "request_extensions": "- not shown",
    },
    "CompressCertificate": EXTENSION | {
        "list_length": "tls.compress_certificate.algorithms_length", "algorithms": PARTS,
        "algorithms.algorithm": "tls.compress_certificate.algorithm",
    },
    "Cookie": EXTENSION | {
        "cookie_length": "tls.handshake.extensions.cookie_len",
        "cookie": "tls.handshake.extensions.cookie",
    },
    "Padding": EXTENSION | {"padding": "tls.handshake.extensions_padding_data"},
    "RecordSizeLimit": EXTENSION | {"record_size_limit": "tls.record_size_limit"},
    "EarlyData": EXTENSION, "EncryptThenMAC": EXTENSION, "ExtendedMasterSecret": EXTENSION,
    "PostHandshakeAuth": EXTENSION,
    "UnknownExtension": EXTENSION | {"data": "?tls.handshake.extension.data"},
}  # fmt: skip
