//! Hands out papers: made away from the threads that serve, converted where asked, with digest and name, and never larger than an
//! answer may be.

use std::sync::Arc;

use huiying_proto::{
    event::ErrorReason,
    paper::{Paper, paper::Format},
};
use sha2::{Digest, Sha256};

use crate::{
    converter::Converter,
    error::{Error, Refusal, Sort},
};

/// A gRPC client refuses a message of more than 4 MiB.
const LARGEST: usize = 3 << 20;
const DOCX: (&str, &str) = ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
const PDF: (&str, &str) = ("pdf", "application/pdf");

/// What was made of a record: the file's name without its ending, the DOCX, and what is not in it and why, in Chinese.
pub type Sheet = (String, Vec<u8>, Vec<String>);

/// Hands out papers, made with a stock: what the office's papers are made with, of which the chassis knows nothing.
#[derive(Clone, Debug, Default)]
pub struct Press<S> {
    stock: Arc<S>,
    converter: Option<Converter>,
}

impl<S: Send + Sync + 'static> Press<S> {
    /// On a stock, with a converter to PDF or without.
    #[must_use]
    pub fn new(stock: S, converter: Option<Converter>) -> Self {
        Self { stock: Arc::new(stock), converter }
    }

    /// Makes a paper and hands it out in a format.
    ///
    /// # Errors
    /// CONVERTER_MISSING before anything is made, what the converter ends with, PAPER_TOO_LARGE, and a fault when it cannot be made.
    pub async fn print<E: std::fmt::Display + Send + 'static>(
        &self,
        format: Format,
        make: impl FnOnce(&S) -> Result<Sheet, E> + Send + 'static,
    ) -> Result<Paper, Error> {
        let converter = match (format, &self.converter) {
            (Format::Unspecified | Format::Docx, _) => None,
            (Format::Pdf, Some(converter)) => Some(converter),
            (Format::Pdf, None) => {
                let message = "未配置 PDF 转换程序:请在配置文件 [papers] 中设置 converter,例如 soffice;或先取 DOCX。";
                return Err(Refusal::house(Sort::State, ErrorReason::ConverterMissing, message).into());
            }
        };
        let stock = self.stock.clone();
        let made = tokio::task::spawn_blocking(move || make(&stock)).await.map_err(Error::fault)?;
        let (name, docx, left_out) = made.map_err(Error::fault)?;
        let ((ending, media_type), content) = match converter {
            None => (DOCX, docx),
            Some(converter) => (PDF, converter.convert(docx, DOCX.0, PDF.0).await?),
        };
        if content.len() > LARGEST {
            let message = format!("文件有 {} 字节,超过一次应答的上限。", content.len());
            return Err(Refusal::house(Sort::Exhausted, ErrorReason::PaperTooLarge, message).into());
        }
        Ok(Paper {
            sha256: hex::encode(Sha256::digest(&content)),
            content,
            media_type: media_type.to_owned(),
            file_name: format!("{name}.{ending}"),
            left_out,
        })
    }
}
