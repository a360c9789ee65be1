// A real Vendure server for the tests of channels/vendure: the smallest configuration that serves the Admin API, on PostgreSQL, with
// variants to push figures to. It prints READY once they are there, and ends with its standard input or on SIGTERM.
//
// From the environment:
//   VENDURE_DATABASE      the PostgreSQL database, as a URL with a host or the folder of a socket; its tables are made when they are not there
//   VENDURE_PORT          the port, on loopback
//   VENDURE_PASSWORD      the password of the administrator "superadmin"
//   VENDURE_VARIANTS      how many variants there are, SKU-0 and up; default 1000
import 'reflect-metadata';
import pg from 'pg';
import { DefaultLogger, LogLevel, bootstrap } from '@vendure/core';

process.env.VENDURE_DISABLE_TELEMETRY = 'true';

const port = Number(required('VENDURE_PORT'));
const password = required('VENDURE_PASSWORD');
const variants = Number(process.env.VENDURE_VARIANTS ?? 1000);

const server = await bootstrap({
    apiOptions: { hostname: '127.0.0.1', port, adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
    authOptions: {
        tokenMethod: ['bearer', 'api-key'],
        superadminCredentials: { identifier: 'superadmin', password },
    },
    dbConnectionOptions: { type: 'postgres', ...database(required('VENDURE_DATABASE')), synchronize: true, logging: false },
    paymentOptions: { paymentMethodHandlers: [] },
    logger: new DefaultLogger({ level: LogLevel.Error, timestamp: false }),
});

await seed();
console.log('READY');

process.stdin.on('end', stop).resume();
process.on('SIGTERM', stop);

async function stop() {
    await server.close();
    process.exit(0);
}

// database takes a URL apart; TypeORM's own reading of one knows no sockets.
function database(url) {
    const { host, port, user, password, database } = new pg.Client({ connectionString: url });
    return { host, port, username: user, password: password ?? undefined, database };
}

function required(name) {
    const value = process.env[name];
    if (!value) {
        console.error(`${name} is not set`);
        process.exit(2);
    }
    return value;
}

// seed makes the variants through the Admin API, as a merchant's import would.
async function seed() {
    let token;
    const call = async (query, variables) => {
        const headers = { 'content-type': 'application/json' };
        if (token) {
            headers.authorization = `Bearer ${token}`;
        }
        const response = await fetch(`http://127.0.0.1:${port}/admin-api`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
        token ??= response.headers.get('vendure-auth-token');
        const { data, errors } = await response.json();
        if (errors) {
            throw new Error(JSON.stringify(errors));
        }
        return data;
    };
    await call('mutation ($password: String!) { login(username: "superadmin", password: $password) { __typename } }', { password });
    if ((await call('{ productVariants(options: { take: 1 }) { totalItems } }')).productVariants.totalItems > 0) {
        return; // the database was seeded before
    }
    const { createZone } = await call('mutation { createZone(input: { name: "Everywhere" }) { id } }');
    const { activeChannel } = await call('{ activeChannel { id } }');
    await call('mutation ($input: UpdateChannelInput!) { updateChannel(input: $input) { __typename } }', {
        input: { id: activeChannel.id, defaultTaxZoneId: createZone.id, defaultShippingZoneId: createZone.id },
    });
    for (let begin = 0; begin < variants; begin += 100) {
        const numbers = Array.from({ length: Math.min(100, variants - begin) }, (_, i) => begin + i);
        // A product without options has one variant.
        const products = await call(`mutation { ${numbers.map(n => `p${n}: createProduct(input: { translations: [{ languageCode: en, name: "Product ${n}", slug: "product-${n}", description: "" }] }) { id }`).join(' ')} }`);
        await call('mutation ($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }', {
            input: numbers.map(n => ({
                productId: products[`p${n}`].id, sku: `SKU-${n}`, price: 100, trackInventory: 'TRUE',
                translations: [{ languageCode: 'en', name: `Product ${n}` }],
            })),
        });
    }
}
